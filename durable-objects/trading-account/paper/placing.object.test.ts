import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  closeMarket,
  injectFault,
  micro,
  setBook,
  tradableTokens,
} from '../../../test/support/emulator-control.ts';
import { asMicro } from '../../../shared/money/fixed.ts';
import { accountObject, type Remote } from '../../rpc/stubs.ts';
import type { OrderRequest } from '../ledger/model.ts';
import type { TradingAccountApi } from '../api.ts';

// Books are cached for a moment in the isolate, so each test takes a token that no test before it has used.
const tokens = (await tradableTokens()).filter((token) => token.tick <= 10_000n).values();
const BOOK = {
  bids: [{ price: '0.40', size: '50' }],
  asks: [
    { price: '0.50', size: '30' },
    { price: '0.52', size: '70' },
  ],
};

let token: { readonly id: string; readonly condition: string };
let account: Remote<TradingAccountApi>;

beforeEach(async () => {
  const next = tokens.next();
  if (next.done) throw new Error('the emulator has too few markets for these tests');
  token = next.value;
  account = accountObject(env, `placing-${crypto.randomUUID()}`);
  await setBook(token.id, BOOK.bids, BOOK.asks);
});

const order = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  tokenId: token.id,
  side: 'BUY',
  timeInForce: 'GTC',
  kind: 'limit',
  price: micro('0.52'),
  size: micro('40'),
  postOnly: false,
  priceFromAmounts: false,
  owner: 'test',
  maker: '0xtest',
  ...change,
});

const place = async (change: Partial<OrderRequest> = {}) => {
  const [outcome] = await placeAll([order(change)]);
  if (!outcome) throw new Error('no outcome');
  return outcome;
};

const placeAll = async (orders: readonly OrderRequest[]) => {
  const placing = await account.place({ orders, maxWrites: 10 });
  if (!placing.ok) throw new Error(placing.reason);
  return placing.outcomes;
};

describe('an order takes from the book at once', () => {
  test('level by level, never beyond its price, keeping the improvement', async () => {
    const placed = await place();
    expect(placed).toMatchObject({ ok: true, order: { status: 'filled', filled: micro('40') } });
    // 30 at 0.50 and 10 at 0.52.
    expect(placed.ok && placed.trade?.notional).toBe(micro('20.2'));
  });

  test('GTC rests with what is left and reserves it at its own price', async () => {
    const placed = await place({ size: micro('120') });
    expect(placed).toMatchObject({
      ok: true,
      order: { status: 'open', filled: micro('100'), reserved: micro('10.4') },
    });
    expect((await account.money()).reserved).toBe(micro('10.4'));
  });

  test('FOK fills whole or not at all, and leaves no order behind', async () => {
    expect(await place({ timeInForce: 'FOK', kind: 'market', size: micro('101') })).toMatchObject({
      reason: 'FOK_ORDER_NOT_FILLED_ERROR',
    });
    expect(await account.order(1)).toBeUndefined();
    expect(await place({ timeInForce: 'FOK', kind: 'market', size: micro('100') })).toMatchObject({
      order: { status: 'filled' },
    });
  });

  test('FAK takes what is there and drops the rest', async () => {
    const placed = await place({ timeInForce: 'FAK', size: micro('500') });
    expect(placed).toMatchObject({ order: { status: 'cancelled', filled: micro('100'), reserved: 0n } });
    expect((await account.money()).reserved).toBe(0n);
  });

  test('post-only never takes', async () => {
    expect(await place({ postOnly: true })).toMatchObject({ reason: 'INVALID_ORDER_PAYLOAD' });
    expect(await place({ postOnly: true, price: micro('0.49') })).toMatchObject({
      order: { status: 'open', filled: 0n },
    });
  });
});

describe('an order that the account or the market cannot carry changes nothing', () => {
  const refusals: readonly (readonly [string, Partial<OrderRequest>, string])[] = [
    ['more cash than there is', { size: micro('30000') }, 'INSUFFICIENT_BALANCE'],
    ['selling what is not held', { side: 'SELL', price: micro('0.40') }, 'INSUFFICIENT_POSITION'],
    ['a price off the tick', { price: micro('0.52555') }, 'INVALID_ORDER_MIN_TICK_SIZE'],
    ['a size below the minimum', { size: micro('1') }, 'INVALID_QUANTITY'],
    ['a GTD order of the past', { timeInForce: 'GTD', expiresAt: 1 }, 'INVALID_ORDER_PAYLOAD'],
    ['a GTD order without a time', { timeInForce: 'GTD' }, 'INVALID_ORDER_PAYLOAD'],
    ['an unknown token', { tokenId: '7' }, 'MARKET_NOT_FOUND'],
  ];

  test.each(refusals)('%s', async (_, change, reason) => {
    expect(await place(change)).toMatchObject({ ok: false, reason });
    expect(await account.order(1)).toBeUndefined();
    expect((await account.money()).cash).toBe(micro('10000'));
  });

  test('the sentence names balance and cost', async () => {
    const refused = await place({ size: micro('30000') });
    expect(refused).toMatchObject({
      message: expect.stringMatching(/^Account balance \$10000\.00 insufficient for order cost \$/),
    });
  });

  test('a closed market', async () => {
    await closeMarket(token.condition);
    expect(await place()).toMatchObject({ reason: 'MARKET_CLOSED' });
  });

  test('a venue that does not answer: VENUE_UNAVAILABLE, and the caller may try again', async () => {
    await injectFault({ path: '/markets-by-token*', kind: 'status', status: 503, times: 3 });
    expect(await place()).toMatchObject({ reason: 'VENUE_UNAVAILABLE', retryAfter: 1 });
    expect(await place()).toMatchObject({ ok: true });
  });
});

describe('a fault in the middle of an order', () => {
  /** Fits the market and the purse, and cannot be written: its size is beyond what a column holds exactly. */
  const unwritable = () => order({ timeInForce: 'FAK', kind: 'market', size: asMicro(2n ** 60n) });

  test('undoes that order alone when it came with others', async () => {
    const outcomes = await placeAll([order(), unwritable(), order({ price: micro('0.1') })]);
    expect(outcomes).toMatchObject([{ ok: true }, { reason: 'EXECUTION_ERROR' }, { ok: true }]);
    const money = await account.money();
    expect(money.cash + money.reserved + money.fees).toBe(money.deposits - micro('20.2'));
    expect(money.reserved).toBe(micro('4'));
  });

  test('undoes everything when it came alone, and the account works on', async () => {
    const placing = await account.place({ orders: [unwritable()], maxWrites: 10 });
    expect(placing).toMatchObject({ ok: false, reason: 'EXECUTION_ERROR' });
    expect(await account.money()).toMatchObject({ cash: micro('10000'), fees: 0n });
    expect(await account.positions()).toEqual([]);
    expect(await place()).toMatchObject({ ok: true });
  });
});

describe('holdings', () => {
  test('what a resting SELL holds back cannot be sold again, and cancelling frees it', async () => {
    await place();
    const rest = { side: 'SELL', price: micro('0.90') } as const;
    const first = await place({ ...rest, size: micro('30') });
    expect(await place({ ...rest, size: micro('11') })).toMatchObject({ reason: 'INSUFFICIENT_POSITION' });
    expect(await account.freeShares(token.id)).toBe(micro('10'));
    if (first.ok) await account.cancel({ ids: [first.order.id] });
    expect(await account.freeShares(token.id)).toBe(micro('40'));
  });

  test('one failing order of an array leaves the others be', async () => {
    const outcomes = await placeAll([
      order({ size: micro('30000') }),
      order(),
      order({ price: micro('0.52555') }),
    ]);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([false, true, false]);
  });

  test('cancelling says for each order what became of it', async () => {
    await place();
    await place({ price: micro('0.10') });
    const result = await account.cancel({ ids: [1, 2, 99] });
    expect(result.canceled).toEqual([2]);
    expect(result.refused).toEqual([
      { id: 1, reason: 'ORDER_NOT_CANCELLABLE' },
      { id: 99, reason: 'ORDER_NOT_FOUND' },
    ]);
  });
});
