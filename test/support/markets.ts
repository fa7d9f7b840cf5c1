import type { PosternFile } from '../../scripts/lib/launch.ts';

export interface TestMarket {
  readonly condition_id: string;
  readonly minimum_tick_size: number;
  readonly neg_risk: boolean;
  readonly closed: boolean;
  readonly accepting_orders: boolean;
  readonly tokens: readonly {
    readonly token_id: string;
    readonly outcome: string;
    readonly winner?: boolean;
  }[];
}

/** The emulator's markets. */
export async function markets(file: PosternFile): Promise<readonly TestMarket[]> {
  const response = await fetch(`${file.emulators.polymarket}/markets`);
  return ((await response.json()) as { readonly data: readonly TestMarket[] }).data;
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
