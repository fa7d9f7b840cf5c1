import { env } from 'cloudflare:workers';
import { inject } from 'vitest';
import { asMicro, parseMicro, type Micro } from '../../shared/money/fixed.ts';

/** Talks to the Polymarket emulator that the object tests share; its clock moves only when told. */
async function control(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${env.POLYMARKET_CLOB_URL}/__control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`emulator refused ${path}: ${await response.text()}`);
  await response.body?.cancel();
}

export const tickEmulator = (n: number): Promise<void> => control('tick', { n });
export const closeMarket = (condition_id: string): Promise<void> => control('close', { condition_id });
export const resolveMarket = (condition_id: string, winner: string): Promise<void> =>
  control('resolve', { condition_id, winner });
export const injectFault = (fault: Readonly<Record<string, unknown>>): Promise<void> =>
  control('faults', fault);

export interface TestLevel {
  readonly price: string;
  readonly size: string;
}

/** Sets the exact book of a token and stops its seeded moves. */
export const setBook = (
  token_id: string,
  bids: readonly TestLevel[],
  asks: readonly TestLevel[],
): Promise<void> => control('book', { token_id, bids, asks });

export interface TestToken {
  readonly id: string;
  /** The other outcome of the market. */
  readonly other: string;
  readonly condition: string;
  readonly tick: Micro;
}

interface Listed {
  readonly condition_id: string;
  readonly minimum_tick_size: number;
  readonly accepting_orders: boolean;
  readonly tokens: readonly { readonly token_id: string }[];
}

/** First tokens of open markets: several ticks, with and without fees. */
export async function tradableTokens(): Promise<readonly TestToken[]> {
  const data: Listed[] = [];
  for (let cursor = 'MA=='; cursor !== 'LTE=';) {
    const response = await fetch(`${inject('clobUrl')}/markets?next_cursor=${cursor}`);
    const page = (await response.json()) as {
      readonly data: readonly Listed[];
      readonly next_cursor: string;
    };
    data.push(...page.data);
    cursor = page.next_cursor;
  }
  return data
    .filter((market) => market.accepting_orders)
    .flatMap((market) => {
      const [token, other] = market.tokens;
      const tick = parseMicro(String(market.minimum_tick_size)) ?? asMicro(0n);
      return token && other
        ? [{ id: token.token_id, other: other.token_id, condition: market.condition_id, tick }]
        : [];
    });
}

/** An amount written as a decimal. */
export function micro(text: string): Micro {
  const value = parseMicro(text);
  if (value === undefined) throw new Error(`${text} is no amount`);
  return value;
}
