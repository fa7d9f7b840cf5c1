import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ALICE,
  allMarkets,
  BOB,
  marketOf,
  startForTest,
  type TestEmulator,
  type TestMarket,
} from '../../../emulators/polymarket/test/support.ts';
import { acceptedOrder, micro, valueOf } from '../../../test/support/venue-outcomes.ts';
import { polymarketSigner } from '../../../test/support/venue-signers.ts';
import { depositWalletAddress } from '../../signing/polymarket/deposit-wallet-address.ts';
import { executionPrice } from '../money/execution-price.ts';
import type { OrderTerms } from '../port.ts';
import type { WireOrder } from './orders/client-order.ts';
import type { PolymarketSigner } from '../port/signer.ts';
import { PolymarketVenue } from './venue.ts';

describe.each([1, 2] as const)('orders of schema %i on Polymarket', (version) => {
  let emulator: TestEmulator;
  let venue: PolymarketVenue;
  let alice: PolymarketSigner;
  let bob: PolymarketSigner;
  let plain: TestMarket;
  let fee: TestMarket;

  beforeAll(async () => {
    emulator = await startForTest({ version });
    venue = new PolymarketVenue({
      clobUrl: emulator.url,
      gammaUrl: `${emulator.url}/gamma`,
      dataUrl: `${emulator.url}/data-api`,
      chainId: 137,
    });
    alice = await polymarketSigner(emulator.url, ALICE.privateKey);
    bob = await polymarketSigner(emulator.url, BOB.privateKey);
    plain = await marketOf(emulator, 'plain');
    fee = await marketOf(emulator, 'fee');
  });
  afterAll(() => emulator.close());

  const terms = (extra: Partial<OrderTerms> = {}): OrderTerms => ({
    marketId: plain.conditionId,
    outcome: 'yes',
    side: 'BUY',
    price: micro('0.50'),
    size: micro('10'),
    type: 'gtc',
    postOnly: false,
    ...extra,
  });
  const place = async (asked: OrderTerms, signer = alice) =>
    acceptedOrder(await venue.send(valueOf(await venue.prepare(asked, signer))));

  test('an order is placed, filled in part, polled and cancelled; what filled stays', async () => {
    const order = await place(terms());
    expect(order).toMatchObject({ status: 'open', filled: 0n, outcome: 'Yes' });
    await emulator.control('fund', { address: BOB.address, token_id: plain.yes, shares: '6' });
    const sale = await place(terms({ side: 'SELL', size: micro('6') }), bob);
    expect(sale).toMatchObject({ status: 'filled', filled: micro('6') });
    expect(valueOf(await venue.order(order.id, alice))).toMatchObject({
      status: 'partially_filled',
      filled: micro('6'),
      size: micro('10'),
    });
    expect(valueOf(await venue.openOrders(alice)).map(({ id }) => id)).toEqual([order.id]);
    const cancel = valueOf(await venue.prepareCancel(order.id, alice));
    expect(await venue.sendCancel(cancel)).toEqual({ tag: 'accepted' });
    expect(await venue.sendCancel(cancel)).toMatchObject({ tag: 'refused', reason: 'ORDER_NOT_CANCELLABLE' });
    expect(valueOf(await venue.order(order.id, alice))).toMatchObject({
      status: 'cancelled',
      filled: micro('6'),
    });
    expect(valueOf(await venue.openOrders(alice))).toEqual([]);
    const [maker] = valueOf(await venue.fills({ limit: 10 }, alice));
    expect(maker).toMatchObject({
      orderId: order.id,
      side: 'BUY',
      size: micro('6'),
      isTaker: false,
      fee: 0n,
    });
    const [taker] = valueOf(await venue.fills({ limit: 10 }, bob));
    expect(taker).toMatchObject({ orderId: sale.id, side: 'SELL', price: micro('0.5'), isTaker: true });
    expect(valueOf(await venue.positions(alice))).toMatchObject([
      { marketId: plain.conditionId, outcome: 'Yes', size: micro('6'), averagePrice: micro('0.5') },
    ]);
    expect(valueOf(await venue.balance(alice))).toMatchObject({
      available: micro('99997'),
      currency: 'USDC',
    });
  });

  test.each(['ioc', 'fok'] as const)(
    'a BUY %s fills what execution-price says on a still book',
    async (type) => {
      const size = micro('600');
      const query = { marketId: fee.conditionId, outcome: 'No' };
      const book = valueOf(await venue.book(query));
      const curve = valueOf(await venue.fee(fee.conditionId));
      const walk = executionPrice(book.asks, 'BUY', size, { fee: curve });
      expect(walk).toMatchObject({ filled: size, levels: 2 });
      const before = valueOf(await venue.balance(alice)).available;
      const order = await place(terms({ ...query, price: micro('0.60'), size, type }));
      expect(order).toMatchObject({ status: 'filled', filled: size });
      const after = valueOf(await venue.balance(alice)).available;
      // The venue computes its fee per level and cuts it off; ours is one sum, rounded up.
      expect(before - after).toBeGreaterThan(walk.net - 100n);
      expect(before - after).toBeLessThanOrEqual(walk.net);
      // It never rested, so only its trades know it.
      expect(valueOf(await venue.order(order.id, alice))).toMatchObject({ status: 'filled', filled: size });
      await marketOf(emulator, 'fee');
    },
  );

  test('ioc ends what does not fill; fok then fills nothing at all', async () => {
    const size = micro('2000');
    const big = { outcome: 'No', price: micro('0.60'), size } as const;
    const fok = await venue.send(valueOf(await venue.prepare(terms({ ...big, type: 'fok' }), alice)));
    expect(fok).toMatchObject({ tag: 'refused', reason: 'FOK_ORDER_NOT_FILLED_ERROR' });
    const ioc = await place(terms({ ...big, type: 'ioc' }));
    expect(ioc).toMatchObject({ status: 'cancelled', filled: micro('1000') });
    const found = await venue.reconcile(
      {
        dedupe: { kind: 'order-hash', value: ioc.id },
        terms: terms({ ...big, type: 'ioc' }),
        sentAt: Date.now(),
      },
      alice,
    );
    expect(found).toMatchObject({
      tag: 'found',
      order: { status: 'cancelled', filled: micro('1000'), size },
    });
  });

  test('orders that must not rest are taken on markets of every tick', async () => {
    const open = (await allMarkets(emulator)).filter((market) => market.open && market.delay === 0);
    const ticks = [...new Set(open.map(({ tick }) => tick))];
    expect(ticks.length).toBeGreaterThan(2);
    for (const tick of ticks) {
      const market = open.find((one) => one.tick === tick);
      const level = (steps: number) => ({ price: (0.5 + steps * tick).toFixed(4), size: '500' });
      await emulator.control('book', { token_id: market?.yes, bids: [level(-1)], asks: [level(1)] });
      await emulator.control('fund', { address: ALICE.address, token_id: market?.yes, shares: '100' });
      const own = { marketId: market?.conditionId ?? '', size: micro('7.37') } as const;
      for (const [side, type, steps] of [
        ['BUY', 'fok', 1],
        ['BUY', 'ioc', 2],
        ['SELL', 'fok', -1],
        ['SELL', 'ioc', -2],
      ] as const) {
        const order = await place(terms({ ...own, side, type, price: micro(level(steps).price) }));
        expect([tick, side, type, order.status]).toEqual([tick, side, type, 'filled']);
      }
    }
  });

  test('terms that cannot be an order are refused by the port, and nothing is sent', async () => {
    const refusals: readonly (readonly [Partial<OrderTerms>, string])[] = [
      [{ clientOrderId: 'mine' }, 'NOT_SUPPORTED'],
      [{ expiration: 4_000_000_000 }, 'VALIDATION_FAILED'],
      [{ type: 'gtd' }, 'VALIDATION_FAILED'],
      [{ type: 'fok', postOnly: true }, 'VALIDATION_FAILED'],
      [{ price: micro('0.505') }, 'INVALID_ORDER_MIN_TICK_SIZE'],
      [{ size: micro('10.001') }, 'VALIDATION_FAILED'],
      [{ size: micro('1') }, 'INVALID_QUANTITY'],
      [{ outcome: 'Maybe' }, 'VALIDATION_FAILED'],
      [{ marketId: `0x${'9'.repeat(64)}` }, 'MARKET_NOT_FOUND'],
    ];
    for (const [extra, reason] of refusals) {
      expect(await venue.prepare(terms(extra), alice), JSON.stringify(Object.keys(extra))).toMatchObject({
        reason,
      });
    }
  });

  test('what the capabilities declare is what the venue takes', async () => {
    const neg = await marketOf(emulator, 'neg-risk');
    const expiration = Math.floor(Date.now() / 1000) + 3_600;
    for (const type of venue.capabilities.orderTypes) {
      const rests = type === 'gtc' || type === 'gtd';
      const asked = terms({
        marketId: neg.conditionId,
        type,
        price: micro(rests ? '0.30' : '0.60'),
        postOnly: rests,
        ...(type === 'gtd' && { expiration }),
      });
      const order = await place(asked);
      expect([type, order.status]).toEqual([type, rests ? 'open' : 'filled']);
      const sent = {
        dedupe: { kind: 'order-hash', value: order.id },
        terms: asked,
        sentAt: Date.now(),
      } as const;
      expect(await venue.reconcile(sent, alice)).toMatchObject({
        tag: 'found',
        order: { status: order.status },
      });
    }
    const crossing = valueOf(await venue.prepare(terms({ price: micro('0.60'), postOnly: true }), alice));
    expect(await venue.send(crossing)).toMatchObject({ tag: 'refused' });
    expect(valueOf(await venue.authenticate(bob))).toBe(true);
    expect(await venue.orders({ status: 'closed', limit: 10 }, alice)).toMatchObject({
      reason: 'NOT_SUPPORTED',
    });
  });

  test('a Safe trades with its own money, its owner signs', async () => {
    const funder = `0x${'5a'.repeat(20)}`;
    const safe = await polymarketSigner(emulator.url, BOB.privateKey, { signatureType: 2, funder });
    await emulator.control('fund', { address: funder, usdc: '1' });
    const asked = terms({ marketId: fee.conditionId, price: micro('0.51'), type: 'ioc' });
    expect(await place(asked, safe)).toMatchObject({ status: 'filled', filled: micro('10') });
    expect(valueOf(await venue.positions(safe))).toMatchObject([{ outcome: 'Yes', size: micro('10') }]);
    expect(valueOf(await venue.fills({ limit: 1 }, safe))).toMatchObject([{ size: micro('10') }]);
  });

  test.runIf(version === 2)('a deposit wallet trades with its own money, its owner signs', async () => {
    const funder = depositWalletAddress(BOB.address, 'beacon');
    const wallet = await polymarketSigner(emulator.url, BOB.privateKey, { signatureType: 3, funder });
    await emulator.control('fund', { address: funder, usdc: '100' });
    const asked = terms({ marketId: fee.conditionId, price: micro('0.51'), type: 'ioc' });
    expect(await place(asked, wallet)).toMatchObject({ status: 'filled', filled: micro('10') });
    expect(valueOf(await venue.positions(wallet))).toMatchObject([{ outcome: 'Yes', size: micro('10') }]);
    expect(valueOf(await venue.fills({ limit: 1 }, wallet))).toMatchObject([{ size: micro('10') }]);
  });

  test('an order that its client signed goes out untouched under the account’s key', async () => {
    const asked = terms({ price: micro('0.20') });
    const ours = valueOf(await venue.prepare(asked, bob));
    const { order } = z.object({ order: z.looseObject({}) }).parse(JSON.parse(ours.request.body));
    // The adapter has just put it into a body in this shape.
    const sent = { order: order as unknown as WireOrder, orderType: 'GTC' } as const;
    const forwarded = valueOf(await venue.prepareSigned(sent, bob));
    expect(JSON.parse(forwarded.request.body)).toMatchObject({ order });
    expect(forwarded).toMatchObject({ dedupe: ours.dedupe, terms: { ...asked, outcome: 'Yes' } });
    expect(acceptedOrder(await venue.send(forwarded)).id).toBe(ours.dedupe.value);
    // Another's order, and one whose terms were changed after it was signed.
    const foreign = await venue.prepareSigned(sent, alice);
    expect(foreign).toMatchObject({
      reason: 'INVALID_ORDER_PAYLOAD',
      message: expect.stringContaining('signer') as unknown,
    });
    const changed = { ...sent, order: { ...sent.order, makerAmount: '3000000' } };
    expect(await venue.prepareSigned(changed, bob)).toMatchObject({ message: 'invalid signature' });
  });

  test('public trades and the activity of an address tell what was traded', async () => {
    const query = { marketId: plain.conditionId, limit: 100 };
    const { items } = valueOf(await venue.trades(query));
    expect(items).toMatchObject([{ outcome: 'Yes', side: 'SELL', size: micro('6') }]);
    const activity = valueOf(await venue.userActivity(ALICE.address));
    expect(z.array(z.object({ type: z.literal('TRADE') })).parse(activity).length).toBeGreaterThan(0);
    expect(await venue.userActivity('bob')).toMatchObject({ reason: 'VALIDATION_FAILED' });
  });
});
