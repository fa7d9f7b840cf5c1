import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { moveClock } from '../../support/instruments.ts';
import { openMarket, setBook } from '../../support/markets.ts';
import type { OwnProgram } from '../../support/program.ts';
import { createTenant, type TenantSpec } from '../../support/tenants.ts';
import { mailedToken } from '../../support/outbox.ts';
import { ask, member, textOf, type Answer, type Ask } from '../support/ask.ts';
import { USERS } from '../support/builder.ts';
import { limitOrder } from '../support/trader.ts';

type Send = (method: string, path: string, options?: Ask) => Promise<Answer>;
export type Headers = Readonly<Record<string, string>>;

/** Requests of one credential before the clock goes on a second: far from the 100 that are allowed in one. */
const PER_SECOND = 25;

/** A program with everybody on it, whose clock goes so fast that nobody's limit gets in the way. */
export class IsolationStage {
  readonly program: OwnProgram;
  readonly #sent = new Map<string, number>();
  /** Credentials that may ask twice a second, and 120 times a minute. */
  readonly #slow = new Set<string>();
  /** A trader user of the partner that asks. */
  partnersUser = 0;
  readonly market: { readonly condition: string; readonly yes: string; readonly no: string };

  private constructor(program: OwnProgram, market: IsolationStage['market']) {
    this.program = program;
    this.market = market;
  }

  static async on(program: OwnProgram): Promise<IsolationStage> {
    const market = await openMarket(program.file);
    const asks = [{ price: '0.50', size: '100000' }];
    await setBook(program.file, market.yes, { bids: [], asks });
    return new IsolationStage(program, market);
  }

  get file(): PosternFile {
    return this.program.file;
  }

  send: Send = async (method, path, options = {}) => {
    const credential = options.headers?.['x-api-key'] ?? options.headers?.['authorization'] ?? '';
    const sent = (this.#sent.get(credential) ?? 0) + 1;
    this.#sent.set(credential, sent);
    if (this.#slow.has(credential) || sent % PER_SECOND === 0)
      await moveClock(this.program, { kind: 'advance', ms: 1_000 });
    return ask(this.file.url, method, path, options);
  };

  async good(method: string, path: string, options: Ask): Promise<Answer> {
    const answer = await this.send(method, path, options);
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
    return answer;
  }

  async tenant(spec: TenantSpec): Promise<{ tenant: string; key: string; keyId: string; headers: Headers }> {
    const { tenant, keys } = await createTenant(this.file, spec);
    const [{ id: keyId, raw_key: key } = { id: '', raw_key: '' }] = keys;
    if (spec.tier === 'free') this.#slow.add(key);
    return { tenant, key, keyId, headers: { 'x-api-key': key } };
  }

  /** Orders of an account, all resting; the names of the last one. */
  async orders(headers: Headers, count: number): Promise<{ order: string; command: string }> {
    let placed = { order: '', command: '' };
    for (let index = 0; index < count; index += 1) {
      const command = `command-${randomUUID()}`;
      const body = limitOrder(this.market.condition, { client_order_id: command });
      const answer = await this.good('POST', '/v1/orders', {
        headers: { ...headers, 'idempotency-key': command },
        body,
      });
      placed = { order: String(member(answer, 'order_id')), command };
    }
    return placed;
  }

  /** An agent's session in manual mode, which has suggested an order. */
  async agent(headers: Headers): Promise<{ session: string; suggestion: string }> {
    const body = { mode: 'manual', allocation_usd: 5 };
    const opened = await this.good('POST', '/v1/sessions', { headers, body });
    const session = String((member(opened, 'data') as { readonly session_id: number }).session_id);
    await this.good('POST', `/v1/sessions/${session}/start`, { headers });
    const suggested = await this.good('POST', '/v1/platforms/polymarket/market-order', {
      headers: { ...headers, 'x-session-id': session },
      body: { tokenId: this.market.yes, side: 'BUY', size: 1 },
    });
    const { suggestionId } = member(suggested, 'data') as { readonly suggestionId: number };
    return { session, suggestion: `${session}:${suggestionId}` };
  }

  async customer(headers: Headers): Promise<{ id: string; externalId: string; key: string; keyId: string }> {
    const externalId = `external-${randomUUID()}`;
    const made = await this.good('POST', USERS, {
      headers,
      body: { external_id: externalId, qps_limit: 200 },
    });
    const id = textOf(made, 'customer_id');
    const issued = await this.good('POST', `${USERS}/${id}/keys`, { headers, body: {} });
    return { id, externalId, key: textOf(issued, 'api_key'), keyId: textOf(issued, 'id') };
  }

  /** A trader user of a partner with an account. */
  async trader(
    headers: Headers,
  ): Promise<{ user: string; account: string; wallet: string; external: string }> {
    const external = `external-${randomUUID()}`;
    const user = await this.good('POST', '/v1/partner/users', {
      headers,
      body: { external_id: external, email: `${external}@example.com` },
    });
    const account = await this.good('POST', '/v1/partner/accounts', {
      headers,
      body: {
        user_id: member(user, 'user_id'),
        external_id: external,
        stage: 'demo',
        starting_balance: '10000.00',
      },
    });
    const number = (answer: Answer, name: string): string => String(member(answer, name));
    return {
      user: number(user, 'user_id'),
      account: textOf(account, 'account_id'),
      wallet: number(account, 'wallet_id'),
      external,
    };
  }

  /** Signs a trader user in by the link that it is mailed. */
  async session(headers: Headers, { user, external }: { user: string; external: string }): Promise<Headers> {
    await this.good('POST', `/v1/partner/users/${user}/login-link`, { headers });
    const token = await mailedToken(this.file, `${external}@example.com`);
    const opened = await this.good('POST', '/v1/trader/session', { body: { token } });
    const authorization = `Bearer ${textOf(opened, 'session_token')}`;
    this.#slow.add(authorization);
    return { authorization };
  }
}
