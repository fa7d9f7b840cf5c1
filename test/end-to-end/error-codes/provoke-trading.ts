import { randomUUID } from 'node:crypto';
import { controlVenue } from '../../support/control.ts';
import { markets } from '../../support/markets.ts';
import type { TenantSpec } from '../../support/tenants.ts';
import type { Provocations, Provoke, Stage } from './provoke.ts';
import { limitOrder, marketBuy, newTrader } from '../support/trader.ts';

/** One native order that is refused. */
const order =
  (members: Readonly<Record<string, unknown>>, spec: TenantSpec = {}): Provoke =>
  async ({ program, condition }) => {
    const trader = await newTrader(program.file, spec);
    return (headers) => trader.call('POST', '/v1/orders', limitOrder(condition, members), headers);
  };

/** One call that is refused. */
const call =
  (method: string, path: string, body?: (stage: Stage) => unknown): Provoke =>
  async (stage) => {
    const trader = await newTrader(stage.program.file);
    return (headers) => trader.call(method, path, body?.(stage), headers);
  };

async function ended(stage: Stage): Promise<string> {
  const closed = (await markets(stage.program.file)).find((market) => market.closed);
  if (!closed) throw new Error('the emulator has no market that has ended');
  return closed.condition_id;
}

/** Refusals of the engine and of the routes that lead to it. */
export const tradingProvocations: Provocations = {
  INSUFFICIENT_BALANCE: order({ price: '0.30', quantity: '100000' }),
  INSUFFICIENT_POSITION: order({ side: 'SELL', price: '0.90' }),
  INVALID_QUANTITY: order({ quantity: '0' }),
  PRICE_REQUIRED: order({ order_type: 'market', price: undefined }),
  FOK_ORDER_NOT_FILLED_ERROR: order({ order_type: 'market', price: '0.45' }),
  INVALID_ORDER_PAYLOAD: call('POST', '/v1/order', () => ({ order: {} })),
  INVALID_ORDER_MIN_TICK_SIZE: order({ price: '0.105' }),
  UNSUPPORTED_ORDER_TYPE: call('POST', '/v1/clob/order', ({ yes }) => ({
    token_id: yes,
    side: 'BUY',
    price: '0.10',
    size: '10',
    order_type: 'IOC',
  })),
  MARKET_NOT_FOUND: order({ market_id: `0x${'0'.repeat(64)}` }),
  MARKET_CLOSED: async (stage) => {
    const [trader, condition] = await Promise.all([newTrader(stage.program.file), ended(stage)]);
    return (headers) => trader.call('POST', '/v1/orders', limitOrder(condition), headers);
  },
  ORDER_NOT_FOUND: call('GET', '/v1/orders/424242'),
  ORDER_NOT_CANCELLABLE: async ({ program, condition }) => {
    const trader = await newTrader(program.file);
    await trader.call('POST', '/v1/orders', marketBuy(condition));
    return (headers) => trader.call('DELETE', '/v1/orders/1', undefined, headers);
  },
  DUPLICATE_CLIENT_ORDER_ID: async ({ program, condition }) => {
    const trader = await newTrader(program.file);
    const name = { client_order_id: randomUUID() };
    await trader.call('POST', '/v1/orders', limitOrder(condition, name));
    const other = limitOrder(condition, { ...name, quantity: '11' });
    return (headers) => trader.call('POST', '/v1/orders', other, headers);
  },
  IDEMPOTENCY_KEY_REUSE: async ({ program, condition }) => {
    const trader = await newTrader(program.file);
    const key = { 'idempotency-key': randomUUID() };
    await trader.call('POST', '/v1/orders', limitOrder(condition), key);
    const other = limitOrder(condition, { quantity: '11' });
    return (headers) => trader.call('POST', '/v1/orders', other, { ...key, ...headers });
  },
  VENUE_UNAVAILABLE: async ({ program }) => {
    const trader = await newTrader(program.file);
    return async (headers) => {
      await controlVenue(program.file, 'faults', { path: '/midpoint', kind: 'status', status: 500 });
      return trader.call('GET', '/v1/midpoint?token_id=1', undefined, headers);
    };
  },
  BATCH_LIMIT_EXCEEDED: async ({ program, condition }) => {
    const trader = await newTrader(program.file, { tier: 'pro' });
    const orders = Array.from({ length: 6 }, () => limitOrder(condition));
    return (headers) => trader.call('POST', '/v1/orders/batch', { orders }, headers);
  },
  CONFIRMATION_REQUIRED: call('POST', '/v1/cancel-all'),
};
