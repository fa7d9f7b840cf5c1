import { env } from 'cloudflare:workers';
import { inject } from 'vitest';
import { meaningOf } from '../../shared/relay/exchange-replies.ts';
import { exchangeConnector } from '../../durable-objects/rpc/stubs.ts';
import { vaultOf } from '../../durable-objects/rpc/vault-stubs.ts';
import type { Actor, Scope } from '../../shared/vault/request.ts';
import { carryDialIn, type DialIn } from './dial-in.ts';
import type { ExchangeStage } from './exchange-stage-types.ts';

/** Each test file has this module of its own, and with it an exchange and a relay. */
const stage = crypto.randomUUID().slice(0, 8);

async function stageControl(
  what: '' | '/v1' | '/stop' | '/start' | '/dial' | `/dial/${string}`,
): Promise<ExchangeStage> {
  const response = await fetch(`${inject('exchange').controlUrl}/${stage}${what}`, { method: 'POST' });
  if (!response.ok) throw new Error(await response.text());
  // The stages' own reply.
  return (await response.json()) as ExchangeStage;
}

let opened: Promise<ExchangeStage> | undefined;

/** Where this file's exchange is. */
export async function exchangeAt(path: string): Promise<string> {
  opened ??= stageControl('');
  return `${(await opened).exchangeUrl}${path}`;
}

/** Before anything else: this file's relay speaks the v1 dialect. */
export async function speakV1(): Promise<void> {
  opened = stageControl('/v1');
  await opened;
}

/** A desk of a test's own at the exchange emulator of the object tests. */
export interface Desk {
  readonly tenant: string;
  readonly scope: Scope;
  readonly actor: Actor;
  readonly username: string;
  readonly password: string;
  /** As the exchange names the user. */
  readonly user: string;
  /** As it names the account. */
  readonly account: string;
}

/** A call of the emulator's control API. */
export async function control(path: string, body: unknown): Promise<void> {
  const response = await fetch(await exchangeAt(`/__control/${path}`), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the emulator refused ${path}: ${await response.text()}`);
  await response.body?.cancel();
}

let isDialled = false;
let dialIns: DialIn[] = [];

/** From now on each new desk of this file has a relay of its own that dials in. */
export function desksDialIn(): void {
  isDialled = true;
}

/** The way in of the newest desk's relay. */
export function dialIn(): DialIn {
  const newest = dialIns.at(-1);
  if (!newest) throw new Error('no relay dials in');
  return newest;
}

/** Makes a relay that dials in, and carries it to the gateway. @returns for whom it does. */
export async function newDialIn(whom?: string): Promise<string> {
  const { bridgeUrl, tenant = '' } = await stageControl(whom === undefined ? '/dial' : `/dial/${whom}`);
  dialIns.push(carryDialIn(bridgeUrl, tenant));
  return tenant;
}

/** After a test: connections that it carried belong to it. */
export function stopDialIns(): void {
  for (const one of dialIns) one.stop();
  dialIns = [];
}

export async function newDesk(): Promise<Desk> {
  const id = crypto.randomUUID().slice(0, 8);
  const [firm, username, password] = [`Firm${id}`, `trader-${id}`, 'Local-exchange-1'];
  await control('user', { name: username, firm, accounts: ['main'], password });
  const tenant = isDialled ? await newDialIn() : `tnt_${stage}_${id}`;
  return {
    tenant,
    scope: { tenant, account: `acct_${tenant}` },
    actor: { keyId: 'key_test', requestId: crypto.randomUUID() },
    username,
    password,
    user: `firms/${firm}/users/${username}`,
    account: `firms/${firm}/accounts/main`,
  };
}

/** What the exchange answers to the desk's own login, or why it was not asked. */
export async function askAsDesk({ tenant, actor }: Desk, rpc: string): Promise<unknown> {
  const asked = { path: `/api/v1beta1/${rpc}`, body: '{}', actor, auth: 'desk' as const };
  const reply = await exchangeConnector(env, tenant).ask(asked);
  const meaning = reply.ok && meaningOf(reply);
  return meaning && meaning.kind === 'body' ? meaning.body : reply;
}

/** What the vault has done for the desk, oldest first: `exchangeSession ok`. */
export async function audited({ scope }: Desk): Promise<readonly string[]> {
  const page = await vaultOf(env).auditPage({ scope });
  return page.ok ? page.rows.map(({ operation, outcome }) => `${operation} ${outcome}`) : [];
}

/** An open instrument with cents. */
export const SYMBOL = 'aec-nfl-kc-buf-w1';

/** Ids of the desk's open orders, as the exchange itself tells them. */
export async function lookUpOrders(desk: Desk, rpc: 'get_open_orders'): Promise<readonly string[]> {
  const { orders = [] } = await (await directly(desk))(rpc, {});
  // The emulator's own list.
  return (orders as readonly { readonly id: string }[]).map(({ id }) => id);
}

/** Stops and starts the relay before the exchange. */
export async function relayControl(what: 'stop' | 'start'): Promise<void> {
  await stageControl(`/${what}`);
}

type Json = Readonly<Record<string, unknown>>;

/** The desk's user as a client of the exchange itself, past the gateway. */
export async function directly(desk: Desk): Promise<(rpc: string, body: unknown) => Promise<Json>> {
  const post = async (path: string, body: unknown, headers = {}): Promise<Json> => {
    const response = await fetch(await exchangeAt(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    // The emulator's own reply.
    return (await response.json()) as Json;
  };
  const { username, password } = desk;
  const { accessToken } = await post('/auth/v1beta1/login', { username, password });
  const authorization = `Bearer ${String(accessToken)}`;
  return (rpc, body) => post(`/api/v1beta1/${rpc}`, body, { authorization });
}
