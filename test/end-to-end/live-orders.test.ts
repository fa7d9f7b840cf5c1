import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { startFaultyProxy, type Loss } from '../support/faulty-proxy.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { ask, eventually, member } from './support/ask.ts';
import { expectRouterRefusal, newBuilder, USERS, withKey } from './support/builder.ts';
import {
  cancel,
  fault,
  liveNames,
  liveStage,
  newKey,
  onboarded,
  order,
  ordersPath,
  place,
  placedId,
  sdkRetry,
  shape,
  type LiveStage,
} from './support/live-stage.ts';
import { newTrader, type Trader } from './support/trader.ts';
import { credentialsHeader } from './support/venue-accounts.ts';

let program: OwnProgram;
let paperMarket: string;
beforeAll(async () => {
  // Its own program: the venues' faults are its alone.
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
  paperMarket = (await openMarket(program.file)).condition;
});
afterAll(() => program.stop());

describe.each(liveNames)('%s', (venue) => {
  let stage: LiveStage;
  let trader: Trader;
  beforeAll(async () => {
    stage = await liveStage(program.file, venue, 1);
    await stage.book(
      [['0.30', '5000']],
      [
        ['0.50', '8'],
        ['0.60', '5000'],
      ],
    );
    trader = await onboarded(program.file, stage);
  });

  test('said again under its key: the first reply, byte for byte; with another body 409', async () => {
    const headers = newKey();
    const count = await stage.orders();
    const first = await place(trader, stage, {}, headers);
    const again = await place(trader, stage, {}, headers);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expectRouterRefusal(
      await place(trader, stage, { size: 11 }, headers),
      409,
      'conflict',
      'IDEMPOTENCY_KEY_REUSE',
    );
    const onPaper = trader.call(
      'POST',
      '/api/v1/orders?exchange=paper',
      { ...order(stage), market_id: paperMarket },
      headers,
    );
    expectRouterRefusal(await onPaper, 409, 'conflict', 'IDEMPOTENCY_KEY_REUSE');
    expect(await stage.orders()).toBe(count + 1);
    await cancel(trader, stage, placedId(first));
  });

  test('nine at once under one key: one order', async () => {
    const headers = newKey();
    const count = await stage.orders();
    const answers = await Promise.all(Array.from({ length: 9 }, () => place(trader, stage, {}, headers)));
    const took = answers.filter(({ status }) => status === 200);
    expect(new Set(took.map(({ text }) => text)).size).toBe(1);
    const waiting = answers.filter(({ status }) => status !== 200).map(({ code }) => code);
    expect(waiting).toEqual(waiting.map(() => 'IDEMPOTENCY_CONFLICT_PENDING'));
    expect(await stage.orders()).toBe(count + 1);
  });

  test("a reply that was lost: the SDK's own retry gets the first order's reply", async () => {
    const count = await stage.orders();
    const odd = { size: 17 };
    await fault(program.file, stage, { method: 'POST', path: stage.placePath, kind: 'drop_after' });
    const lost = await place(trader, stage, odd);
    expect([lost.status, lost.code], lost.text).toEqual([503, 'PERSISTENCE_UNKNOWN']);
    expect(lost.json).toMatchObject({ code: 'service_unavailable', retryable: false });
    expect(lost.headers.get('retry-after')).toBeNull();
    const retried = await place(trader, stage, odd, sdkRetry);
    expect(shape(retried), retried.text).toEqual(['buy', 'Yes', 0.4, 17, 0, 'open']);
    expect(retried.headers.get('idempotency-replayed')).toBe('true');
    expect(await stage.orders()).toBe(count + 1);
    expect(shape(await trader.call('GET', ordersPath(stage, placedId(retried))))).toEqual(shape(retried));
    await cancel(trader, stage, placedId(retried));
  });

  test.each<Loss>(['dropped connection', 'bad gateway'])(
    "the gateway's own reply is lost (%s): the SDK's retry gets it, byte for byte",
    async (loss) => {
      const count = await stage.orders();
      const odd = { size: loss === 'bad gateway' ? 18 : 19 };
      const proxy = await startFaultyProxy(program.file.url, loss);
      try {
        const send = (headers = {}) =>
          ask(proxy.url, 'POST', ordersPath(stage), {
            headers: { 'x-api-key': trader.keys[0] ?? '', ...headers },
            body: order(stage, odd),
          });
        const lost = await send().then(
          ({ status }) => status,
          () => undefined,
        );
        expect(lost).toBe(loss === 'bad gateway' ? 502 : undefined);
        const retried = await send(sdkRetry);
        expect(shape(retried), retried.text).toEqual(['buy', 'Yes', 0.4, odd.size, 0, 'open']);
        expect(retried.headers.get('idempotency-replayed')).toBe('true');
        expect((await send(sdkRetry)).text).toBe(retried.text);
        expect([proxy.orders(), await stage.orders()]).toEqual([3, count + 1]);
        await cancel(trader, stage, placedId(retried));
      } finally {
        await proxy.close();
      }
    },
  );

  test('credentials of the request: they place, and settle what they left open; nothing is stored', async () => {
    const other = await newTrader(program.file);
    const headers = credentialsHeader(await stage.newMember());
    const count = await stage.orders();
    await fault(program.file, stage, { method: 'POST', path: stage.placePath, kind: 'drop_after' });
    const key = newKey();
    expect((await place(other, stage, {}, { ...headers, ...key })).code).toBe('PERSISTENCE_UNKNOWN');
    expectRouterRefusal(await place(other, stage), 403, 'credentials_required', 'CREDENTIALS_REQUIRED');
    // Another member's credentials would not find the order: they must not settle it.
    const strange = credentialsHeader(await stage.newMember());
    const mistaken = await place(other, stage, {}, { ...strange, ...key });
    expect([mistaken.status, mistaken.code]).toEqual([409, 'IDEMPOTENCY_CONFLICT_PENDING']);
    const again = await place(other, stage, {}, { ...headers, ...key });
    expect(shape(again)).toEqual(['buy', 'Yes', 0.4, 10, 0, 'open']);
    expect(await stage.orders()).toBe(count + 1);
    const cancelled = await other.call('DELETE', ordersPath(stage, placedId(again)), undefined, headers);
    expect(member(cancelled, 'status'), cancelled.text).toBe('cancelled');
  });

  test("a deleted customer's resting order is cancelled before its credentials go, also where the venue fails first", async () => {
    const builder = await newBuilder(program.file);
    const customer = await builder.create();
    const self = { exchange: venue, mode: 'self', ...(await stage.newMember()) };
    const linked = await builder.as(customer.id, 'POST', '/api/v1/onboard', self);
    expect(linked.status, linked.text).toBe(200);
    const id = placedId(await builder.as(customer.id, 'POST', ordersPath(stage), order(stage)));
    await fault(program.file, stage, { method: 'DELETE', path: stage.cancelPath(id), kind: 'status' });
    const remove = () => builder.call('DELETE', `${USERS}/${customer.id}`);
    const first = await remove();
    expectRouterRefusal(first, 503, 'service_unavailable', 'VENUE_UNAVAILABLE');
    const late = await withKey(program.file, customer.key, 'GET', '/api/v1/ping?exchange=paper');
    expectRouterRefusal(late, 401, 'unauthorized', 'INVALID_KEY');
    // Here, or by the tenant's alarm in between.
    await eventually(remove, ({ status }) => status === 204 || status === 404);
    expect(await stage.resting(id)).toBe(false);
  });

  test.each([
    [{ params: { order_type: 'foo' } }, 400, 'validation_error', 'VALIDATION_FAILED'],
    [{ params: { tif: 'gtc' } }, 400, 'validation_error', 'VALIDATION_FAILED'],
    [{ fee: 1 }, 400, 'validation_error', 'VALIDATION_FAILED'],
    [{ price: 1 }, 400, 'validation_error', 'VALIDATION_FAILED'],
    [{ price: 0.123 }, 400, 'validation_error', 'INVALID_ORDER_MIN_TICK_SIZE'],
    [{ size: 1e-7 }, 400, 'validation_error', 'VALIDATION_FAILED'],
    [{ outcome: 'Maybe' }, 400, 'validation_error', 'VALIDATION_FAILED'],
    [{ size: 1_000_000 }, 402, 'insufficient_funds', 'INSUFFICIENT_BALANCE'],
  ] as const)('%o is refused, and nothing is sent', async (members, status, code, reason) => {
    const count = await stage.orders();
    expectRouterRefusal(await place(trader, stage, members), status, code, reason);
    expect(await stage.orders()).toBe(count);
  });

  test('what the venue cannot do is 501, also without credentials', async () => {
    const nobody = await newTrader(program.file);
    const lacking =
      venue === 'kalshi'
        ? [{ order_type: 'fok' }, { order_type: 'gtd', expiration: 4e9 }]
        : [{ client_order_id: 'a' }];
    for (const params of lacking) {
      expectRouterRefusal(await place(nobody, stage, { params }), 501, 'not_supported', 'NOT_SUPPORTED');
    }
  });

  test('an order that must not rest takes what is there and ends', async () => {
    const placed = await place(trader, stage, {
      side: 'buy',
      price: 0.6,
      size: 5,
      params: { order_type: 'ioc' },
    });
    expect(shape(placed), placed.text).toEqual(['buy', 'Yes', 0.6, 5, 5, 'filled']);
    const polled = await trader.call('GET', ordersPath(stage, placedId(placed)));
    expect(shape(polled), polled.text).toEqual(shape(placed));
  });
});
