import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ALICE,
  BOB,
  knownBook,
  MARKET,
  startForTest,
  type TestEmulator,
} from '../../../emulators/kalshi/test/support.ts';
import { acceptedOrder, micro, valueOf } from '../../../test/support/venue-outcomes.ts';
import { kalshiSigner } from '../../../test/support/venue-signers.ts';
import { executionPrice } from '../money/execution-price.ts';
import type { OrderTerms } from '../port.ts';
import { KalshiVenue } from './venue.ts';

const CARA = kalshiSigner(ALICE);
const DAN = kalshiSigner(BOB);

let emulator: TestEmulator;
let venue: KalshiVenue;
let made = 0;

beforeAll(async () => {
  emulator = await startForTest();
  venue = new KalshiVenue({ url: emulator.url });
  await knownBook(emulator);
});
afterAll(() => emulator.close());

const terms = (extra: Partial<OrderTerms> = {}): OrderTerms => {
  made += 1;
  return {
    marketId: MARKET,
    outcome: 'Yes',
    side: 'BUY',
    price: micro('0.50'),
    size: micro('10'),
    type: 'gtc',
    postOnly: false,
    clientOrderId: `kalshi-test-${made}`,
    ...extra,
  };
};
const place = async (asked: OrderTerms, signer = CARA) =>
  acceptedOrder(await venue.send(valueOf(await venue.prepare(asked, signer))));

describe('orders on Kalshi', () => {
  test('an order for NO is placed, filled in part, polled and cancelled, all in the view of NO', async () => {
    const asked = terms({ outcome: 'no', price: micro('0.505') });
    expect(await venue.prepare(asked, CARA)).toMatchObject({ reason: 'INVALID_ORDER_MIN_TICK_SIZE' });
    const order = await place({ ...asked, price: micro('0.50') });
    expect(order).toMatchObject({ status: 'open', outcome: 'No', side: 'BUY', price: micro('0.50') });
    expect(await place(terms({ size: micro('4') }), DAN)).toMatchObject({ status: 'filled', outcome: 'Yes' });
    expect(valueOf(await venue.order(order.id, CARA))).toMatchObject({
      status: 'partially_filled',
      outcome: 'No',
      side: 'BUY',
      price: micro('0.50'),
      filled: micro('4'),
    });
    expect(valueOf(await venue.openOrders(CARA, MARKET)).map(({ id }) => id)).toEqual([order.id]);
    const cancel = valueOf(await venue.prepareCancel(order.id, CARA));
    expect(await venue.sendCancel(cancel)).toEqual({ tag: 'accepted' });
    expect(await venue.sendCancel(cancel)).toMatchObject({ tag: 'refused', reason: 'ORDER_NOT_CANCELLABLE' });
    expect(valueOf(await venue.orders({ status: 'closed', limit: 5 }, CARA))).toMatchObject([
      { id: order.id, status: 'cancelled', filled: micro('4') },
    ]);
    expect(valueOf(await venue.fills({ limit: 5 }, CARA))).toMatchObject([
      {
        orderId: order.id,
        outcome: 'No',
        side: 'BUY',
        price: micro('0.50'),
        size: micro('4'),
        isTaker: false,
      },
    ]);
    const held = { marketId: MARKET, size: micro('4'), averagePrice: micro('0.5') };
    expect(valueOf(await venue.positions(CARA))).toMatchObject([{ ...held, outcome: 'No' }]);
    expect(valueOf(await venue.positions(DAN))).toMatchObject([{ ...held, outcome: 'Yes' }]);
    expect(valueOf(await venue.balance(CARA))).toMatchObject({ available: micro('99998'), currency: 'USD' });
  });

  test('an ioc fills what execution-price says on a still book, and a sale of NO closes it again', async () => {
    const size = micro('600');
    const query = { marketId: MARKET, outcome: 'NO' };
    const book = valueOf(await venue.book(query));
    const walk = executionPrice(book.asks, 'BUY', size, { fee: valueOf(await venue.fee(MARKET)) });
    const before = valueOf(await venue.balance(DAN)).available;
    const order = await place(terms({ ...query, price: micro('0.60'), size, type: 'ioc' }), DAN);
    expect(order).toMatchObject({ status: 'filled', filled: size, outcome: 'No' });
    const [held] = valueOf(await venue.positions(DAN));
    expect(held).toMatchObject({ outcome: 'No', size: micro('596') });
    // Four pairs with the YES that Dan held were paid out at a dollar; fees are rounded up per fill.
    const paid = before + micro('4') - valueOf(await venue.balance(DAN)).available;
    expect(paid).toBeGreaterThanOrEqual(walk.net);
    expect(paid).toBeLessThanOrEqual(walk.net + 200n);
    await knownBook(emulator);
    const sale = terms({ ...query, side: 'SELL', price: micro('0.40'), size: micro('596'), type: 'ioc' });
    expect(await place(sale, DAN)).toMatchObject({ status: 'filled', side: 'SELL', outcome: 'No' });
    expect(valueOf(await venue.positions(DAN))).toEqual([]);
    await knownBook(emulator);
  });

  test('an ioc without a counterparty ends cancelled, and is found by its client order id in its own view', async () => {
    const asked = terms({ outcome: 'No', side: 'SELL', price: micro('0.90'), type: 'ioc' });
    expect(await place(asked)).toMatchObject({ status: 'cancelled', filled: 0n });
    const sent = {
      dedupe: { kind: 'client-order-id', value: asked.clientOrderId ?? '' },
      terms: asked,
      sentAt: Date.now(),
    } as const;
    expect(await venue.reconcile(sent, CARA)).toMatchObject({
      tag: 'found',
      order: { status: 'cancelled', outcome: 'No', side: 'SELL', price: micro('0.90') },
    });
    const never = { ...sent, dedupe: { ...sent.dedupe, value: 'never-sent' } };
    expect(await venue.reconcile(never, CARA)).toEqual({ tag: 'absent' });
  });

  test('terms that cannot be an order are refused by the port, and nothing is sent', async () => {
    const refusals: readonly (readonly [Partial<OrderTerms>, string])[] = [
      [{ type: 'fok' }, 'NOT_SUPPORTED'],
      [{ type: 'gtd', expiration: 4_000_000_000 }, 'NOT_SUPPORTED'],
      [{ expiration: 4_000_000_000 }, 'VALIDATION_FAILED'],
      [{ type: 'ioc', postOnly: true }, 'VALIDATION_FAILED'],
      [{ clientOrderId: undefined }, 'VALIDATION_FAILED'],
      [{ clientOrderId: 'a space' }, 'VALIDATION_FAILED'],
      [{ size: micro('0.001') }, 'VALIDATION_FAILED'],
      [{ outcome: 'Maybe' }, 'VALIDATION_FAILED'],
      [{ marketId: '../portfolio' }, 'MARKET_NOT_FOUND'],
      [{ marketId: 'KXNONE-1' }, 'MARKET_NOT_FOUND'],
    ];
    for (const [extra, reason] of refusals) {
      expect(await venue.prepare(terms(extra), CARA), JSON.stringify(Object.keys(extra))).toMatchObject({
        reason,
      });
    }
  });

  test('what the capabilities declare is what the venue takes', async () => {
    for (const type of venue.capabilities.orderTypes) {
      const rests = type === 'gtc';
      const order = await place(terms({ type, postOnly: rests, price: micro(rests ? '0.30' : '0.60') }));
      expect([type, order.status]).toEqual([type, rests ? 'open' : 'filled']);
    }
    const crossing = valueOf(await venue.prepare(terms({ price: micro('0.60'), postOnly: true }), CARA));
    expect(await venue.send(crossing)).toMatchObject({ tag: 'refused', reason: 'INVALID_ORDER_PAYLOAD' });
    expect(await venue.userActivity()).toMatchObject({ reason: 'NOT_SUPPORTED' });
    expect(valueOf(await venue.authenticate(DAN))).toBe(true);
    const stranger = kalshiSigner({ ...BOB, keyId: 'unknown' });
    expect(await venue.authenticate(stranger)).toMatchObject({ reason: 'VENUE_AUTHENTICATION' });
  });
});
