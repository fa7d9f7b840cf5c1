/** What the wire of `/v1/partner` must say of an account, worked out from its feed by code that is none of ours. */

export interface WireFill {
  readonly trade_id: number;
  readonly market_id: string;
  readonly outcome: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly notional: string;
  readonly fee: string;
  readonly filled_at: string;
  readonly realized_pnl: string | null;
}

/** Sums of an account as its state envelope has them. */
export interface Sums {
  readonly balance: string;
  readonly equity: string;
  readonly unrealized_pnl: string;
  readonly realized_pnl: string;
}

const MICRO = 1_000_000n;

/** A decimal text in millionths. */
export function read(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  const value = BigInt(whole) * MICRO + BigInt(fraction.padEnd(6, '0'));
  return decimal.startsWith('-') ? -value : value;
}

/** Rounded to cents, half away from zero. */
function cents(value: bigint): bigint {
  const size = value < 0n ? -value : value;
  const rounded = (size + 5_000n) / 10_000n;
  return value < 0n ? -rounded : rounded;
}

function text(amount: bigint): string {
  const size = amount < 0n ? -amount : amount;
  return `${amount < 0n ? '-' : ''}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

/** Plays the fills, oldest first, over what the attempt began with; prices are a share's, by outcome. */
export function recompute(
  start: string,
  fills: readonly WireFill[],
  prices: ReadonlyMap<string, string>,
): Sums {
  let cash = read(start);
  let realised = 0n;
  const held = new Map<string, { outcome: string; shares: bigint; cost: bigint }>();
  for (const fill of fills) {
    const { outcome } = fill;
    const key = `${fill.market_id} ${outcome}`;
    const position = held.get(key) ?? { shares: 0n, cost: 0n };
    const [shares, notional] = [read(fill.quantity), read(fill.notional)];
    cash -= read(fill.fee);
    if (fill.side === 'BUY') {
      cash -= notional;
      held.set(key, { outcome, shares: position.shares + shares, cost: position.cost + notional });
    } else {
      const cost = (position.cost * shares) / position.shares;
      cash += notional;
      realised += notional - cost;
      held.set(key, { outcome, shares: position.shares - shares, cost: position.cost - cost });
    }
  }
  let equity = cents(cash);
  let unrealised = 0n;
  for (const { outcome, shares, cost } of held.values()) {
    const value = cents((shares * read(prices.get(outcome) ?? '')) / MICRO);
    equity += value;
    unrealised += value - cents(cost);
  }
  return {
    balance: text(cents(cash)),
    equity: text(equity),
    unrealized_pnl: text(unrealised),
    realized_pnl: text(cents(realised)),
  };
}
