import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import type { Reason } from '../../../shared/errors/catalogue.ts';
import type { RouterCode } from '../../../shared/errors/router-mapper.ts';
import type { TenantSpec } from '../../support/tenants.ts';
import { ask, textOf, type Answer, type Ask } from './ask.ts';
import { newTrader, type Trader } from './trader.ts';

export const USERS = '/api/v1/builder/users';
/** The cheapest request that acts as somebody. */
export const BALANCE = '/api/v1/balance?exchange=paper';

/** What tests' customers may ask a second: more than a test asks, so that no limit gets in its way. */
const AMPLE_QPS = 200;

/** A customer, and the raw key that only its making shows. */
export interface OwnCustomer {
  readonly id: string;
  readonly externalId: string;
  readonly key: string;
}

export interface Builder extends Trader {
  readonly create: (members?: Readonly<Record<string, unknown>>) => Promise<OwnCustomer>;
  /** Asks as a customer, with the builder's key. */
  readonly as: (customer: string, method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** A builder tenant of a test's own. */
export async function newBuilder(file: PosternFile, spec: TenantSpec = {}): Promise<Builder> {
  const trader = await newTrader(file, { roles: ['trader', 'builder'], ...spec });
  return {
    ...trader,
    async create(members = {}) {
      const answer = await trader.call('POST', USERS, {
        external_id: randomUUID(),
        qps_limit: AMPLE_QPS,
        ...members,
      });
      expect(answer.status, answer.text).toBe(201);
      const [id, externalId] = [textOf(answer, 'customer_id'), textOf(answer, 'external_id')];
      return { id, externalId, key: textOf(answer, 'api_key') };
    },
    as: (customer, method, path, body) =>
      trader.call(method, path, body, { 'x-builder-customer-id': customer }),
  };
}

/** Asks with a key. */
export const withKey = (
  file: PosternFile,
  key: string,
  method: string,
  path: string,
  options: Ask = {},
): Promise<Answer> =>
  ask(file.url, method, path, { ...options, headers: { 'x-api-key': key, ...options.headers } });

const MEMBERS = new Set(['error', 'code', 'retryable', 'validation_errors', 'tier', 'limit_qps']);

/** The refusal that the router's contract asks for: status, both codes, its own body and nothing else. */
export function expectRouterRefusal(answer: Answer, status: number, code: RouterCode, reason: Reason): void {
  expect([answer.status, answer.code], answer.text).toEqual([status, reason]);
  expect(answer.json).toMatchObject({ code, retryable: [429, 503].includes(status) });
  expect(textOf(answer, 'error').length).toBeGreaterThan(3);
  expect(Object.keys(answer.json ?? {}).filter((name) => !MEMBERS.has(name))).toEqual([]);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w\-=.]{1,128}$/);
}
