import type { PosternFile } from '../../scripts/launch/launch.ts';

export interface TestMarket {
  readonly condition_id: string;
  readonly minimum_tick_size: number;
  readonly neg_risk: boolean;
  readonly closed: boolean;
  readonly accepting_orders: boolean;
  /** Above zero where the venue holds marketable orders back. */
  readonly seconds_delay?: number;
  readonly tokens: readonly {
    readonly token_id: string;
    readonly outcome: string;
    readonly winner?: boolean;
  }[];
}

type MarketPage = { readonly data: readonly TestMarket[]; readonly next_cursor: string };

async function marketPage(file: PosternFile, cursor: string): Promise<MarketPage> {
  const response = await fetch(`${file.emulators.polymarket}/markets?next_cursor=${cursor}`);
  return (await response.json()) as MarketPage;
}

/** The first of the emulator's markets. */
export const markets = async (file: PosternFile): Promise<readonly TestMarket[]> =>
  (await marketPage(file, 'MA==')).data;

/** A market whose venue holds marketable orders back until its next tick. */
export async function slowMarket(file: PosternFile): Promise<TestMarket> {
  for (let cursor = 'MA=='; cursor !== 'LTE=';) {
    const page = await marketPage(file, cursor);
    const slow = page.data.find(
      ({ seconds_delay = 0, accepting_orders }) => seconds_delay > 0 && accepting_orders,
    );
    if (slow) return slow;
    cursor = page.next_cursor;
  }
  throw new Error('the emulator has no such market');
}

/** The first open market that fits. */
export async function openMarket(
  file: PosternFile,
  fits: (market: TestMarket) => boolean = (market) => market.minimum_tick_size === 0.01 && !market.neg_risk,
): Promise<{ readonly condition: string; readonly yes: string; readonly no: string }> {
  const market = (await markets(file)).find(
    (candidate) => candidate.accepting_orders && !candidate.closed && fits(candidate),
  );
  const [yes, no] = market?.tokens ?? [];
  if (!market || !yes || !no) throw new Error('the emulator has no such market');
  return { condition: market.condition_id, yes: yes.token_id, no: no.token_id };
}

/** Sets the exact liquidity of a token's book and stops its seeded moves. Best level first or last, as given. */
export async function setBook(
  file: PosternFile,
  token: string,
  book: { readonly bids: readonly Level[]; readonly asks: readonly Level[] },
): Promise<void> {
  const response = await fetch(`${file.emulators.polymarket}/__control/book`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token_id: token, ...book }),
  });
  if (!response.ok) throw new Error(`the book was not set: ${await response.text()}`);
}

export interface Level {
  readonly price: string;
  readonly size: string;
}
