import { ask } from '../support/ask.ts';
import type { Provocations, Provoke } from './provoke.ts';
import { newTrader } from '../support/trader.ts';

const read =
  (path: string): Provoke =>
  async ({ program }) => {
    const trader = await newTrader(program.file);
    return (headers) => trader.call('GET', path, undefined, headers);
  };

const plain =
  (method: string, path: string): Provoke =>
  ({ program }) =>
  (headers = {}) =>
    ask(program.file.url, method, path, { headers });

/** Refusals of requests that do not fit, whoever sends them. */
export const requestProvocations: Provocations = {
  VALIDATION_FAILED: async ({ program }) => {
    const trader = await newTrader(program.file);
    return (headers) => trader.call('POST', '/v1/orders', { side: 'HOLD' }, headers);
  },
  INVALID_CURSOR: read('/v1/orders?cursor=!'),
  INVALID_TIME_FILTER: read('/v1/data/trades?after=yesterday'),
  INVALID_INTERVAL: read('/v1/prices-history?market=1&interval=2y'),
  TOKEN_NOT_FOUND: read('/v1/book?token_id=1'),
  WALLET_NOT_FOUND: read('/v1/me/wallets/7'),
  NOT_FOUND: plain('GET', '/v1/nothing'),
  METHOD_NOT_ALLOWED: plain('PUT', '/v1/orders'),
  PAYLOAD_TOO_LARGE: async ({ program }) => {
    const trader = await newTrader(program.file);
    const order = { text: 'x'.repeat(300_000) };
    return (headers) => trader.call('POST', '/v1/order', order, headers);
  },
  UNSUPPORTED_MEDIA_TYPE: async ({ program }) => {
    const trader = await newTrader(program.file);
    return (headers) => trader.call('POST', '/v1/orders', {}, { 'content-type': 'text/plain', ...headers });
  },
};
