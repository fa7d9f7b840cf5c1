import * as z from 'zod';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { controlVenue } from '../../support/control.ts';
import type { OwnProgram } from '../../support/program.ts';
import { createTenant } from '../../support/tenants.ts';

/** The storm's own desk, a firm of its own at the exchange, and gateway keys among which its clients share. */
export interface Desk {
  readonly tenant: string;
  readonly keys: readonly string[];
  readonly username: string;
  readonly password: string;
  /** As the exchange names it. */
  readonly account: string;
}

/** As the exchange lists them: an order, and an execution with the order as it was then. */
const wireOrder = z.looseObject({
  id: z.string(),
  clord_id: z.string().default(''),
  state: z.string().optional(),
});
const wireExecution = z.looseObject({ id: z.string(), order: wireOrder, type: z.string().optional() });
const state = z.object({
  orders: z.array(wireOrder),
  open_orders: z.array(z.string()),
  positions: z.array(z.looseObject({ symbol: z.string() })),
  balances: z.array(z.looseObject({ account: z.string(), balance: z.string() })),
  executions: z.array(wireExecution),
});
export type WireOrder = z.infer<typeof wireOrder>;
export type ExchangeState = z.infer<typeof state>;

const stats = z.object({
  requests: z.record(z.string(), z.number()),
  streams: z.array(z.object({ kind: z.string(), firm: z.string(), opened_ms: z.number() })),
  counts: z.object({ jobs: z.number(), executions: z.number(), ticks: z.number() }),
});
export type ExchangeStats = z.infer<typeof stats>;

/** As many as an operator may make at once: a key has 50 sockets, and those that were cut off count for a while. */
const KEYS = 5;

/** Opens a desk and logs it in for good. */
export async function openDesk(program: OwnProgram, dialect: 'v1beta1' | 'v1'): Promise<Desk> {
  const { file } = program;
  const id = randomUUID().slice(0, 8);
  const [firm, username, password] = [`Storm${id}`, `storm-${id}`, `Local-exchange-${id}`];
  await controlExchange(program, 'user', { name: username, firm, accounts: ['main'], password });
  const made = await createTenant(file, { roles: ['trader', 'desk'], keys: KEYS });
  const raw = made.keys.map(({ raw_key }) => raw_key);
  const response = await fetch(`${file.url}/auth/v1beta1/login`, {
    method: 'POST',
    headers: { 'x-api-key': raw[0] ?? '', 'content-type': 'application/json' },
    body: JSON.stringify(
      dialect === 'v1' ? await newClient(program, firm, username) : { username, password, store: true },
    ),
  });
  if (!response.ok) throw new Error(`the desk cannot log in: ${await response.text()}`);
  return { tenant: made.tenant, keys: raw, username, password, account: `firms/${firm}/accounts/main` };
}

/** A client of the v1 dialect that acts as the user: what it logs in with. */
async function newClient(program: OwnProgram, firm: string, username: string): Promise<object> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const client_id = `client-${username}`;
  const public_key = publicKey.export({ type: 'spki', format: 'pem' });
  await controlExchange(program, 'client', { client_id, public_key, username });
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return { client_id, private_key, participant_id: `firms/${firm}/users/${username}`, store: true };
}

export const controlExchange = (program: OwnProgram, path: string, body: object): Promise<void> =>
  controlVenue(program.file, path, { ...body }, 'POST', 'exchange');

export const exchangeStats = async (program: OwnProgram): Promise<ExchangeStats> =>
  stats.parse(await readReply(program, 'stats'));

/** All that the exchange has of this desk. */
export const exchangeState = async (program: OwnProgram, { account }: Desk): Promise<ExchangeState> =>
  state.parse(await readReply(program, `state?account=${encodeURIComponent(account)}`));

const issued = z.object({ issued: z.array(z.string()) });
/** Every token that the exchange gave out. */
export const issuedTokens = async (program: OwnProgram): Promise<readonly string[]> =>
  issued.parse(await readReply(program, 'tokens')).issued;

/** A reply to a lookup. `source` is the status where there was no answer; `seq`: of the stream, where it is from one. */
export interface LookedUp {
  readonly json: Readonly<Record<string, unknown>>;
  readonly source: string;
  readonly seq: number;
}

/** A lookup of the desk by way of the gateway. */
export async function lookUp(
  { file }: OwnProgram,
  { keys }: Desk,
  rpc: string,
  body: object,
): Promise<LookedUp> {
  const response = await fetch(`${file.url}/api/v1beta1/${rpc}`, {
    method: 'POST',
    headers: { 'x-api-key': keys[0] ?? '', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  if (!response) return { json: {}, source: 'no reply', seq: 0 };
  // A lookup's reply is an object.
  const json = (await response.json()) as Readonly<Record<string, unknown>>;
  const { headers, status } = response;
  return {
    json,
    source: headers.get('x-postern-source') ?? String(status),
    seq: Number(headers.get('x-postern-seq') ?? 0),
  };
}

async function readReply({ file }: OwnProgram, path: string): Promise<unknown> {
  const response = await fetch(`${file.emulators.exchange ?? ''}/__control/${path}`);
  if (!response.ok) throw new Error(`the emulator refused ${path}: ${await response.text()}`);
  return response.json();
}

/** A call of the instrumented gateway's own control. */
export async function controlGateway(
  { file }: OwnProgram,
  method: 'POST' | 'DELETE',
  path: string,
  body: object = {},
): Promise<void> {
  const response = await fetch(`${file.url}/__test/${path}`, {
    method,
    headers: { authorization: `Bearer ${file.adminToken}`, 'content-type': 'application/json' },
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the gateway refused ${path}: ${response.status} ${text}`);
}
