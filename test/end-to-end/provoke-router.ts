import { randomUUID } from 'node:crypto';
import { ask } from './ask.ts';
import { BALANCE, newBuilder, USERS } from './builder.ts';
import type { Provocations, Provoke } from './provoke.ts';

/** A builder's request. */
const asBuilder =
  (path: string, own: Readonly<Record<string, string>> = {}): Provoke =>
  async ({ program }) => {
    const builder = await newBuilder(program.file);
    return (headers) => builder.call('GET', path, undefined, { ...own, ...headers });
  };

/** Refusals that only `/api/v1` knows. */
export const routerProvocations: Provocations = {
  MISSING_PARAMETER: asBuilder('/api/v1/balance'),
  EXCHANGE_NOT_FOUND: asBuilder('/api/v1/balance?exchange=nyse'),
  NOT_SUPPORTED: asBuilder('/api/v1/balance?exchange=opinion'),
  CUSTOMER_NOT_FOUND: asBuilder(`${USERS}/${randomUUID()}`),
  CUSTOMER_FORBIDDEN: asBuilder(BALANCE, { 'x-builder-customer-id': randomUUID() }),
  IMPERSONATION_NEEDS_KEY:
    ({ program }) =>
    (headers = {}) =>
      ask(program.file.url, 'GET', BALANCE, {
        headers: { authorization: 'Bearer a.b.c', 'x-builder-customer-id': randomUUID(), ...headers },
      }),
};
