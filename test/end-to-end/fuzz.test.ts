import { randomUUID } from 'node:crypto';
import { Wallet } from 'ethers';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { errorCatalogue } from '../../shared/errors/catalogue.ts';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, member, type Answer } from './support/ask.ts';
import type { Known } from './support/from-schema.ts';
import { localToken } from './support/local-token.ts';
import {
  operationsOf,
  OWN_CUSTOMER,
  OWN_KEY,
  OWN_SESSION,
  requestsTo,
  type Generated,
  type Operation,
} from './support/operations.ts';
import { l1Headers } from './support/sign-in.ts';

/** Requests of each operation: enough to reach its handler in several ways, few enough for 200 operations. */
const RUNS = 25;
/** What would tell a caller how the inside looks. */
const INTERNAL =
  /\bat .+:\d+:\d+|\.[jt]s:\d|node_modules|sqlite|SQLITE|ZodError|TypeError|RangeError|workerd|Durable/;

const operations = await operationsOf(inject('postern').url);

let program: OwnProgram;
/** Real ids, of a tenant that is there to be changed. */
let known: Known;
beforeAll(async () => {
  // Its own program: operators' requests that fit change global settings.
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' }, exchange: true });
  const [victim, market] = await Promise.all([
    createTenant(program.file, { keys: 3 }),
    openMarket(program.file),
  ]);
  const tokens = [market.yes, market.no];
  known = {
    tenant: [victim.tenant],
    id: [...victim.keys.map(({ id }) => id), OWN_KEY, OWN_KEY, '1', '2'],
    customer_id: [OWN_CUSTOMER, OWN_CUSTOMER, randomUUID()],
    'X-Builder-Customer-Id': [OWN_CUSTOMER, OWN_CUSTOMER, OWN_CUSTOMER, randomUUID()],
    'X-Session-Id': [OWN_SESSION, OWN_SESSION, OWN_SESSION, '1'],
    exchange: ['paper', 'kalshi'],
    exchanges: ['paper', 'kalshi', 'polymarket,kalshi'],
    parsec_id: [`paper:${market.condition}`, `polymarket:${market.condition}`, 'kalshi:NOPE'],
    market_id: [market.condition],
    outcome: ['yes', 'No'],
    amount: ['1', '250.5'],
    address: [`0x${'1'.repeat(40)}`],
    token: tokens,
    token_id: tokens,
    tokenId: tokens,
    asset_id: tokens,
    market: [market.yes, market.condition],
    condition: [market.condition],
    orderID: ['1', '2', '3'],
    // Prices of 0.5, 0.05, 0.51 and 2: some orders fill, some rest, some are refused.
    makerAmount: ['5000000', '500000', '5100000', '20000000'],
    takerAmount: ['10000000'],
    expiration: ['0', '0', '0', '4102444800'],
    orderType: ['GTC', 'GTC', 'GTD', 'FOK', 'FAK'],
    maker: [`0x${'1'.repeat(40)}`],
    signer: [`0x${'1'.repeat(40)}`],
    salt: ['1'],
    signature: ['0x'],
    next_cursor: ['MA==', 'LTE=', btoa('1')],
  };
});
afterAll(() => program.stop());

interface OwnTenant {
  readonly owner: string;
  readonly wallet: Wallet;
  keys: readonly { readonly id: string; readonly raw_key: string }[];
  /** The last customer that was made for it. */
  customer?: string;
  /** An agent's session that trades. */
  session?: string;
}

/** Tenants that only one operation's requests use, so that no limiter hides its handler. */
class Credentials {
  #tenant: OwnTenant | undefined;

  /** The credential of a request, and its path with an own key's id where it asks for one. */
  async sign(
    request: Generated,
  ): Promise<{ readonly path: string; readonly headers: Record<string, string> }> {
    const tenant = await this.#current();
    const [key, ...others] = tenant.keys;
    tenant.keys = key ? [...others, key] : others;
    const [ownKey, ownCustomer] = [OWN_KEY, OWN_CUSTOMER].map(encodeURIComponent);
    const named = request.headers['X-Builder-Customer-Id'] === OWN_CUSTOMER;
    const wanted = named || request.path.includes(ownCustomer ?? '');
    const customer = wanted ? await customerOf(tenant) : '';
    const agents = request.headers['X-Session-Id'] === OWN_SESSION;
    return {
      path: request.path.replace(ownKey ?? '', key?.id ?? '').replace(ownCustomer ?? '', customer),
      headers: {
        ...(named && { 'X-Builder-Customer-Id': customer }),
        ...(agents && { 'X-Session-Id': await sessionOf(tenant) }),
        ...(await headersFor(request, tenant, key?.raw_key ?? '')),
      },
    };
  }

  /** Forgets a key that a request revoked; the last one takes its tenant along. */
  drop(raw: string | undefined): void {
    if (this.#tenant) this.#tenant.keys = this.#tenant.keys.filter((key) => key.raw_key !== raw);
  }

  async #current(): Promise<OwnTenant> {
    if (this.#tenant && this.#tenant.keys.length > 0) return this.#tenant;
    const [owner, wallet] = [randomUUID(), Wallet.createRandom()];
    const spec = { keys: 3, owner, wallet_address: wallet.address, roles: ['trader', 'builder', 'partner'] };
    const { keys } = await createTenant(program.file, spec);
    return (this.#tenant = { owner, wallet, keys });
  }
}

/** A customer of the tenant that is there: the last one, unless a request has deleted it. */
async function customerOf(tenant: OwnTenant): Promise<string> {
  const [key] = tenant.keys;
  const options = {
    headers: { 'x-api-key': key?.raw_key ?? '' },
    body: { external_id: 'fuzz', qps_limit: 200 },
  };
  const answer = await ask(program.file.url, 'POST', '/api/v1/builder/users', options);
  const id = member(answer, 'customer_id');
  if (typeof id === 'string') tenant.customer = id;
  return tenant.customer ?? '';
}

/** A session of the tenant, in manual mode every second time: one lets orders through, the other makes suggestions. */
async function sessionOf(tenant: OwnTenant): Promise<string> {
  if (tenant.session === undefined) {
    const headers = { 'x-api-key': tenant.keys[0]?.raw_key ?? '' };
    const body = { mode: sessions++ % 2 === 0 ? 'auto' : 'manual', allocation_usd: 1_000 };
    const opened = await ask(program.file.url, 'POST', '/v1/sessions', { headers, body });
    const { session_id } = (member(opened, 'data') ?? {}) as { readonly session_id?: number };
    tenant.session = String(session_id ?? 1);
    await ask(program.file.url, 'POST', `/v1/sessions/${tenant.session}/start`, { headers });
  }
  return tenant.session;
}
let sessions = 0;

async function headersFor(
  { who, nonce }: Generated,
  tenant: OwnTenant,
  key: string,
): Promise<Record<string, string>> {
  switch (who) {
    case 'nobody':
      return {};
    case 'garbage':
      return { 'x-api-key': `pst_test_${'A'.repeat(48)}` };
    case 'operator':
      return { authorization: `Bearer ${program.file.adminToken}` };
    case 'key':
      return { 'x-api-key': key };
    case 'wallet':
      return l1Headers(tenant.wallet, { nonce });
    case 'token':
      return { authorization: `Bearer ${await localToken(program.home, { subject: tenant.owner })}` };
  }
}

function check({ path }: Operation, answer: Answer): void {
  const { status, headers, code, text } = answer;
  // The one answer above 500 that is about the request and not about us.
  if (code !== 'NOT_SUPPORTED') expect(status, text).toBeLessThan(500);
  expect(headers.get('x-request-id')).toMatch(/^[\w\-=.]{1,128}$/);
  expect(text).not.toMatch(INTERNAL);
  if (status < 400) return expect(code).toBeNull();
  expect(Object.keys(errorCatalogue)).toContain(code);
  expect(headers.get('content-type')).toContain('application/json');
  // The exchange's surface has the exchange's words (contract: errors, "Bodies").
  expect(member(answer, path.includes('/v1beta1/') ? 'message' : 'error')).toBeTypeOf('string');
}

async function send(operation: Operation, request: Generated, credentials: Credentials): Promise<number> {
  const signed = await credentials.sign(request);
  const answer = await ask(program.file.url, operation.method, signed.path, {
    headers: { ...request.headers, ...signed.headers },
    ...(request.body === undefined ? {} : { raw: request.body }),
  });
  check(operation, answer);
  if (request.who === 'key' && answer.code === 'INVALID_KEY') credentials.drop(signed.headers['x-api-key']);
  return answer.status;
}

describe('whatever is sent, the answer is an answer', () => {
  test.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s',
    async (_, operation) => {
      const credentials = new Credentials();
      const statuses: number[] = [];
      await fc.assert(
        fc.asyncProperty(requestsTo(operation, known), async (request) => {
          statuses.push(await send(operation, request, credentials));
        }),
        { numRuns: RUNS },
      );
      // Handlers were reached, not only the limiter in front of them.
      const limited = statuses.filter((status) => status === 429).length;
      expect(limited / statuses.length).toBeLessThan(0.2);
      expect(statuses.length).toBeGreaterThanOrEqual(RUNS);
    },
  );
});
