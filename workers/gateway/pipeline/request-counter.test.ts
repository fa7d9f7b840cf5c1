import { expect, test } from 'vitest';
import { routes } from '../routes.ts';
import type { RequestLog } from './access-log.ts';
import { countRequest } from './request-counter.ts';

const log: RequestLog = {
  requestId: 'id-1',
  route: routes.find(({ path, method }) => path === '/v1/order' && method === 'POST'),
  method: 'POST',
  caller: {
    address: '192.0.2.1',
    principal: {
      tenant: 'tnt_1',
      account: 'acct_tnt_1',
      key: 'key-1',
      permissions: ['trade'],
      tier: 'pro',
    },
  },
  status: 400,
  code: 'MARKET_CLOSED',
  ms: 7,
  hops: 2,
};

test('a request is one data point: by tenant, what was asked and how it ended, nothing of its caller else', () => {
  const points: AnalyticsEngineDataPoint[] = [];
  countRequest({ writeDataPoint: (point = {}) => points.push(point) }, log);
  expect(points).toEqual([
    {
      indexes: ['tnt_1'],
      blobs: ['clob', 'POST /v1/order', 'MARKET_CLOSED', 'pro', 'key-1'],
      doubles: [400, 7, 2],
    },
  ]);
});

test('one without a route or a caller is counted too, and without a data set nothing happens', () => {
  const points: AnalyticsEngineDataPoint[] = [];
  const stranger = { ...log, route: undefined, caller: undefined, code: 'NOT_FOUND', status: 404, hops: 0 };
  countRequest({ writeDataPoint: (point = {}) => points.push(point) }, stranger);
  expect(points).toEqual([
    { indexes: ['nobody'], blobs: ['none', 'POST -', 'NOT_FOUND', '', ''], doubles: [404, 7, 0] },
  ]);
  countRequest(undefined, log);
});
