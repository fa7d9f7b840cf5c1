import * as z from 'zod';
import { json, type Reply, type Route, type RouteRequest } from '../../lib/http/route.ts';
import { head, mine } from '../blocks.ts';
import { FEE_ESCROW, CONDITIONAL_TOKENS, NEG_RISK_ADAPTER, USDC } from '../contracts/addresses.ts';
import { reportPayouts } from '../contracts/conditional-tokens.ts';
import { setOperator } from '../contracts/fee-escrow.ts';
import { allow, mint } from '../contracts/usdc.ts';
import { evict } from '../pool.ts';
import type { Chain } from '../state.ts';

/** The test's hand on the chain: no part of any node's API. Amounts are whole base units (micro-USD, wei), as digits. */
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .toLowerCase();
const amount = z
  .union([z.string().regex(/^\d{1,30}$/), z.number().int().min(0)])
  .transform((value) => BigInt(value));

const SPENDERS = { escrow: FEE_ESCROW, ctf: CONDITIONAL_TOKENS, neg_risk_adapter: NEG_RISK_ADAPTER };

const fundSchema = z.object({
  address,
  usdc: amount.optional(),
  native: amount.optional(),
  allowances: z.partialRecord(z.enum(['escrow', 'ctf', 'neg_risk_adapter']), amount).default({}),
});
const operatorSchema = z.object({ address });
const resolveSchema = z.object({
  condition_id: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .toLowerCase(),
  payouts: z.tuple([amount, amount]),
});
const miningSchema = z.object({ mode: z.enum(['auto', 'manual']) });
const mineSchema = z.object({ blocks: z.number().int().min(1).max(1_000).default(1) });
const timesSchema = z.object({ times: z.number().int().min(0).max(10_000).default(1) });
const revertSchema = timesSchema.extend({ function: z.string().max(100) });
const clockSchema = z.object({ offset_ms: z.number().int().min(-1e11).max(1e11) });

/** A control call that makes no sense; told in one sentence with 400. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

export const controlRoutes: readonly Route<Chain>[] = [
  post('fund', fundSchema, (chain, body) => {
    const { storage } = chain.machine;
    if (body.usdc !== undefined) mint(storage, body.address, body.usdc);
    if (body.native !== undefined) chain.native.set(body.address, body.native);
    for (const [name, allowed] of Object.entries(body.allowances)) {
      const spender = Object.entries(SPENDERS).find(([known]) => known === name)?.[1];
      if (spender !== undefined) allow(storage, body.address, spender, allowed);
    }
    return { ok: true };
  }),
  post('operator', operatorSchema, (chain, body) => {
    setOperator(chain.machine.storage, body.address);
    return { ok: true };
  }),
  post('resolve', resolveSchema, (chain, body) => {
    reportPayouts(chain.machine.storage, body.condition_id, body.payouts);
    return { ok: true };
  }),
  post('mining', miningSchema, (chain, { mode }) => {
    chain.mining = mode;
    if (mode === 'auto') mine(chain);
    return { mining: mode };
  }),
  post('mine', mineSchema, (chain, { blocks }) => {
    for (let at = 0; at < blocks; at += 1) mine(chain);
    return { block: head(chain).number };
  }),
  // Accepts the next transactions in words and forgets them.
  post('drop', timesSchema, (chain, { times }) => {
    chain.dropNext = times;
    return { drop_next: times };
  }),
  post('evict', z.object({}), (chain) => ({ evicted: evict(chain) })),
  post('revert', revertSchema, (chain, body) => {
    const known = [...chain.machine.contracts.values()].some((one) => one.functions[body.function]);
    if (!known) throw new ControlError('no contract has this function');
    chain.machine.reverts.set(body.function, body.times);
    return { ok: true };
  }),
  post('clock', clockSchema, (chain, { offset_ms }) => {
    chain.clockOffsetMs = offset_ms;
    return { offset_ms };
  }),
  {
    method: 'GET',
    pattern: '/__control/contracts',
    handler: () => json({ usdc: USDC, ...SPENDERS }),
  },
];

function post<T>(name: string, schema: z.ZodType<T>, run: (chain: Chain, body: T) => object): Route<Chain> {
  const handler = (chain: Chain, request: RouteRequest): Reply => json(run(chain, read(schema, request)));
  return { method: 'POST', pattern: `/__control/${name}`, handler };
}

/** @throws ControlError */
export function read<T>(schema: z.ZodType<T>, request: RouteRequest): T {
  let body: unknown;
  try {
    body = request.rawBody === '' ? {} : JSON.parse(request.rawBody);
  } catch {
    throw new ControlError('the body is not JSON');
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ControlError(z.prettifyError(parsed.error));
  return parsed.data;
}
