import { beforeAll, describe, expect, inject, test } from 'vitest';
import { member, rowsOf, textOf, type Answer } from './support/ask.ts';
import { expectRouterRefusal, newBuilder } from './support/builder.ts';
import {
  liveNames,
  liveStage,
  order,
  ordersPath,
  placedId,
  shape,
  type LiveStage,
} from './support/live-stage.ts';
import { newTrader } from './support/trader.ts';
import { credentialsHeader, fundWallet } from './support/venue-accounts.ts';

// The way of an order from onboarding to balance, for each way in which credentials come to a request. Kalshi has no
// managed wallets: `onboarding.test.ts` sees the 501.

const file = inject('postern');
const ONBOARD = '/api/v1/onboard';

/** Asks as somebody whom the venue believes. */
type Send = (method: string, path: string, body?: unknown) => Promise<Answer>;
type Arrange = (stage: LiveStage) => Promise<Send>;

async function expectLinked(answer: Promise<Answer>): Promise<void> {
  const { status, json, text } = await answer;
  expect(status, text).toBe(200);
  expect(json).toMatchObject({ status: 'complete' });
}
const self = async (stage: LiveStage): Promise<object> => ({
  exchange: stage.venue,
  mode: 'self',
  ...(await stage.newMember()),
});

const stored: Arrange = async (stage) => {
  const trader = await newTrader(file);
  await expectLinked(trader.call('POST', ONBOARD, await self(stage)));
  return trader.call;
};
const managed: Arrange = async ({ venue: exchange }) => {
  const trader = await newTrader(file);
  const onboarded = trader.call('POST', ONBOARD, { exchange, mode: 'managed' });
  await expectLinked(onboarded);
  await fundWallet(file, textOf(await onboarded, 'eoa_address'), '1000');
  return trader.call;
};
const perRequest: Arrange = async (stage) => {
  const trader = await newTrader(file);
  const headers = credentialsHeader(await stage.newMember());
  return (method, path, body) => trader.call(method, path, body, headers);
};
const customer: Arrange = async (stage) => {
  const builder = await newBuilder(file);
  const { id } = await builder.create();
  await expectLinked(builder.as(id, 'POST', ONBOARD, await self(stage)));
  return (...request) => builder.as(id, ...request);
};

describe.each(liveNames)('%s', (venue) => {
  let stage: LiveStage;
  beforeAll(async () => {
    stage = await liveStage(file, venue, 3);
  });
  const modes: readonly (readonly [string, Arrange])[] = [
    ['stored', stored],
    ...(venue === 'polymarket' ? ([['managed', managed]] as const) : []),
    ['credentials of the request', perRequest],
    ["a builder's customer", customer],
  ];

  test.each(modes)(
    '%s: onboard, place, poll, partial fill, cancel, fills, positions, balance',
    async (_, of) => {
      await stage.book([['0.30', '5000']], [['0.50', '8']]);
      const send = await of(stage);
      const poll = (id: string) => send('GET', ordersPath(stage, id));
      const here = `exchange=${venue}&market_id=${stage.market}`;
      const available = async (): Promise<number> =>
        Number(member(await send('GET', `/api/v1/balance?exchange=${venue}`), 'available'));
      const before = await available();

      const rests = await send('POST', ordersPath(stage), order(stage));
      const resting = placedId(rests);
      expect(shape(rests)).toEqual(['buy', 'Yes', 0.4, 10, 0, 'open']);
      expect(shape(await poll(resting))).toEqual(shape(rests));
      const part = await send('POST', ordersPath(stage), order(stage, { price: 0.5, size: 12 }));
      const filling = placedId(part);
      expect(shape(part)).toEqual(['buy', 'Yes', 0.5, 12, 8, 'partially_filled']);
      expect(shape(await poll(filling))).toEqual(shape(part));
      const open = rowsOf(await send('GET', `/api/v1/orders?${here}`)).map(({ id }) => id);
      expect(new Set(open)).toEqual(new Set([resting, filling]));

      const cancelled = await send('DELETE', ordersPath(stage, filling));
      expect(shape(cancelled), cancelled.text).toEqual(['buy', 'Yes', 0.5, 12, 8, 'cancelled']);
      expect(shape(await send('DELETE', ordersPath(stage, resting))).at(-1)).toBe('cancelled');
      const again = await send('DELETE', ordersPath(stage, resting));
      expectRouterRefusal(again, 400, 'order_not_cancellable', 'ORDER_NOT_CANCELLABLE');
      const strange = await send('DELETE', ordersPath(stage, '..nowhere'));
      expectRouterRefusal(strange, 404, 'order_not_found', 'ORDER_NOT_FOUND');
      expect(rowsOf(await send('GET', `/api/v1/orders?${here}`))).toEqual([]);

      const of8 = { market_id: stage.market, outcome: 'Yes', size: 8 };
      const fills = rowsOf(await send('GET', `/api/v1/fills?${here}`));
      const took = { ...of8, order_id: filling, side: 'buy', price: 0.5, is_taker: true };
      expect(fills).toMatchObject([took]);
      const positions = rowsOf(await send('GET', `/api/v1/positions?${here}`));
      expect(positions).toMatchObject([{ ...of8, average_price: 0.5 }]);
      const spent = before - (await available());
      expect(spent - Number(fills[0]?.['fee'])).toBeCloseTo(4, 6);
    },
  );
});
