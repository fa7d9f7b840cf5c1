import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { createTenant, type TenantSpec } from '../../support/tenants.ts';
import { ask, textOf, type Answer, type Ask } from './ask.ts';

/** A tenant of a test's own and the means to ask as it. */
export interface Trader {
  readonly tenant: string;
  readonly keys: readonly string[];
  /** Asks with the first key. */
  readonly call: (method: string, path: string, body?: unknown, headers?: Ask['headers']) => Promise<Answer>;
}

export async function newTrader(file: PosternFile, spec: TenantSpec = {}): Promise<Trader> {
  const { tenant, keys } = await createTenant(file, spec);
  const raw = keys.map((key) => key.raw_key);
  return {
    tenant,
    keys: raw,
    call: (method, path, body, headers = {}) =>
      ask(file.url, method, path, { headers: { 'x-api-key': raw[0] ?? '', ...headers }, body }),
  };
}

/** A native limit order; members are replaced or added. */
export const limitOrder = (
  market: string,
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  market_id: market,
  side: 'BUY',
  outcome: 'Yes',
  order_type: 'limit',
  price: '0.10',
  quantity: '10',
  ...members,
});

/** A market BUY at up to 0.99. */
export const marketBuy = (
  market: string,
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => limitOrder(market, { order_type: 'market', price: '0.99', ...members });

/** A decimal member of a reply in millionths. */
export function microIn(answer: Answer, name: string): bigint {
  const [whole = '', fraction = ''] = textOf(answer, name).split('.');
  const sign = whole.startsWith('-') ? -1n : 1n;
  return sign * (BigInt(whole.replace('-', '')) * 1_000_000n + BigInt(fraction.padEnd(6, '0')));
}
