import { randomUUID } from 'node:crypto';
import type { FaultPoint } from '../../../shared/testing/fault-points.ts';
import { armFault, moveClock, releaseFaults, resetClock } from '../../support/instruments.ts';
import { ask, type Answer } from '../support/ask.ts';
import type { Provocations, Provoke, Stage } from './provoke.ts';
import { limitOrder, newTrader, type Trader } from '../support/trader.ts';

/** One native order that fails at a point. */
const failing =
  (point: FaultPoint): Provoke =>
  async ({ program, condition }) => {
    const trader = await newTrader(program.file);
    return async (headers) => {
      await armFault(program, point, 'throw');
      return trader.call('POST', '/v1/orders', limitOrder(condition), headers);
    };
  };

/** Asks while so many orders of the trader hang in the account, and then lets them go. */
async function whileHanging(
  { program, condition }: Stage,
  trader: Trader,
  orders: readonly Readonly<Record<string, string>>[],
  send: () => Promise<Answer>,
): Promise<Answer> {
  const hanging: Promise<Answer>[] = [];
  try {
    for (const headers of orders) {
      const fault = await armFault(program, 'account/place/quoted', 'hang');
      hanging.push(trader.call('POST', '/v1/orders', limitOrder(condition), headers));
      await fault.reached();
    }
    return await send();
  } finally {
    await releaseFaults(program);
    await Promise.all(hanging);
  }
}

/** Codes that need a fault, a hang or a clock that stands: only the instrumented build can be made to give them. */
export const faultProvocations: Provocations = {
  INTERNAL_ERROR: failing('gateway/request/admitted'),
  EXECUTION_ERROR: failing('account/place/journal-written'),
  // After the transaction, before its reply: the gateway cannot know.
  PERSISTENCE_UNKNOWN: failing('account/place/committed'),
  IDEMPOTENCY_CONFLICT_PENDING: async (stage) => {
    const trader = await newTrader(stage.program.file);
    return (headers) => {
      const key = { 'idempotency-key': randomUUID() };
      const order = limitOrder(stage.condition);
      return whileHanging(stage, trader, [key], () =>
        trader.call('POST', '/v1/orders', order, { ...key, ...headers }),
      );
    };
  },
  RATE_LIMITED: async (stage) => {
    // Two trade writes in flight.
    const trader = await newTrader(stage.program.file, { tier: 'pro' });
    const body = { token_id: stage.yes, side: 'BUY', price: '0.10', size: '5' };
    return (headers) =>
      whileHanging(stage, trader, [{}, {}], () => trader.call('POST', '/v1/clob/order', body, headers));
  },
  RATE_LIMIT_EXCEEDED: async ({ program }) => {
    const { keys } = await newTrader(program.file, { tier: 'free' });
    return async (headers = {}) => {
      const probe = (): Promise<Answer> =>
        ask(program.file.url, 'GET', '/v1/auth/ban-status/closed-only', {
          headers: { 'x-api-key': keys[0] ?? '', ...headers },
        });
      // Two requests in a second that does not end.
      await moveClock(program, { kind: 'stand' });
      try {
        await Promise.all([probe(), probe()]);
        return await probe();
      } finally {
        await resetClock(program);
      }
    };
  },
};
