import { ethers } from 'ethers';
import * as z from 'zod';
import {
  startPolymarketEmulator,
  type PolymarketEmulator,
  type PolymarketEmulatorOptions,
} from '../index.ts';

/** Hardhat's published account 0 and 1: test keys that nobody can mistake for real ones. */
export const ALICE = new ethers.Wallet('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
export const BOB = new ethers.Wallet('0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d');

export interface TestEmulator extends PolymarketEmulator {
  control(path: string, body?: unknown): Promise<unknown>;
  get(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
}

/** A manual-clock emulator that a test closes with `close`. */
export async function startForTest(options: PolymarketEmulatorOptions = {}): Promise<TestEmulator> {
  const emulator = await startPolymarketEmulator({ clock: 'manual', ...options });
  return {
    ...emulator,
    control: async (path, body = {}) => {
      const response = await fetch(`${emulator.url}/__control/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`control ${path}: ${await response.text()}`);
      return response.json();
    },
    get: async (path) => {
      const response = await fetch(`${emulator.url}${path}`);
      return { status: response.status, body: await response.json() };
    },
  };
}

const marketSchema = z.object({
  condition_id: z.string(),
  question: z.string(),
  neg_risk: z.boolean(),
  minimum_tick_size: z.number(),
  minimum_order_size: z.number(),
  taker_base_fee: z.number(),
  accepting_orders: z.boolean(),
  seconds_delay: z.number(),
  tokens: z.array(z.object({ token_id: z.string(), outcome: z.string(), winner: z.boolean() })),
});
const pageSchema = z.object({ data: z.array(marketSchema), next_cursor: z.string() });

export interface TestMarket {
  readonly conditionId: string;
  readonly yes: string;
  readonly no: string;
  readonly negRisk: boolean;
  readonly tick: number;
  readonly fee: number;
  readonly open: boolean;
  readonly delay: number;
}

export async function allMarkets(emulator: TestEmulator): Promise<readonly TestMarket[]> {
  const found: TestMarket[] = [];
  for (let cursor = 'MA=='; cursor !== 'LTE=';) {
    const page = pageSchema.parse((await emulator.get(`/markets?next_cursor=${cursor}`)).body);
    found.push(...page.data.map(toTestMarket));
    cursor = page.next_cursor;
  }
  return found;
}

function toTestMarket(market: z.infer<typeof marketSchema>): TestMarket {
  return {
    conditionId: market.condition_id,
    yes: market.tokens[0]?.token_id ?? '',
    no: market.tokens[1]?.token_id ?? '',
    negRisk: market.neg_risk,
    tick: market.minimum_tick_size,
    fee: market.taker_base_fee,
    open: market.accepting_orders,
    delay: market.seconds_delay,
  };
}

export type MarketKind = 'plain' | 'neg-risk' | 'fee' | 'delayed';

/** An open 0.01-tick market of a kind, with a known book around 0.50. */
export async function marketOf(emulator: TestEmulator, kind: MarketKind): Promise<TestMarket> {
  const market = (await allMarkets(emulator)).find(
    (m) =>
      m.open &&
      m.tick === 0.01 &&
      m.negRisk === (kind === 'neg-risk') &&
      m.fee > 0 === (kind === 'fee' || kind === 'delayed') &&
      m.delay > 0 === (kind === 'delayed'),
  );
  if (market === undefined) throw new Error(`no ${kind} market`);
  await emulator.control('book', {
    token_id: market.yes,
    bids: [
      { price: '0.49', size: '500' },
      { price: '0.48', size: '500' },
    ],
    asks: [
      { price: '0.51', size: '500' },
      { price: '0.52', size: '500' },
    ],
  });
  return market;
}

export function errorOf(value: unknown): string {
  const parsed = z.object({ error: z.string() }).safeParse(value);
  return parsed.success ? parsed.data.error : `no error in ${JSON.stringify(value)}`;
}
