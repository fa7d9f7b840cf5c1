import { randomUUID } from 'node:crypto';
import { ask } from '../support/ask.ts';
import { BALANCE, newBuilder, USERS } from '../support/builder.ts';
import type { Provocations, Provoke } from './provoke.ts';
import { fault, liveStage, onboarded, place } from '../support/live-stage.ts';
import { credentialsHeader, kalshiAccount } from '../support/venue-accounts.ts';

/** A builder's request. */
const asBuilder =
  (path: string, own: Readonly<Record<string, string>> = {}): Provoke =>
  async ({ program }) => {
    const builder = await newBuilder(program.file);
    return (headers) => builder.call('GET', path, undefined, { ...own, ...headers });
  };

/** An order of an account that is onboarded at Polymarket, which refuses it in these words. */
const refusedByVenue =
  (status: number, error: string): Provoke =>
  async ({ program }) => {
    const stage = await liveStage(program.file, 'polymarket', 1);
    const trader = await onboarded(program.file, stage);
    return async (headers) => {
      const body = { error };
      await fault(program.file, stage, {
        method: 'POST',
        path: stage.placePath,
        kind: 'status',
        status,
        body,
      });
      return place(trader, stage, {}, headers);
    };
  };

/** Refusals that only `/api/v1` knows. */
export const routerProvocations: Provocations = {
  MISSING_PARAMETER: asBuilder('/api/v1/balance'),
  EXCHANGE_NOT_FOUND: asBuilder('/api/v1/balance?exchange=nyse'),
  NOT_SUPPORTED: asBuilder('/api/v1/balance?exchange=opinion'),
  CUSTOMER_NOT_FOUND: asBuilder(`${USERS}/${randomUUID()}`),
  CUSTOMER_FORBIDDEN: asBuilder(BALANCE, { 'x-builder-customer-id': randomUUID() }),
  CREDENTIALS_REQUIRED: asBuilder('/api/v1/balance?exchange=kalshi'),
  AUTHENTICATION_FAILED: async ({ program }) => {
    const [builder, { wire }] = await Promise.all([newBuilder(program.file), kalshiAccount(program.file)]);
    const strange = credentialsHeader({ ...wire, api_key_id: randomUUID() });
    return (headers) =>
      builder.call('GET', '/api/v1/balance?exchange=kalshi', undefined, { ...strange, ...headers });
  },
  VENUE_LOCATION_REFUSED: refusedByVenue(403, 'Trading restricted in your region'),
  VENUE_ACCOUNT_REFUSED: refusedByVenue(400, "'0x00' address banned"),
  CREDENTIALS_LINKED: async ({ program }) => {
    const builder = await newBuilder(program.file);
    const managed = { exchange: 'polymarket', mode: 'managed' };
    await builder.call('POST', '/api/v1/onboard', managed);
    const safe = { ...managed, wallet_type: 'safe', eoa_address: `0x${'1'.repeat(40)}` };
    return (headers) => builder.call('POST', '/api/v1/onboard', safe, headers);
  },
  IMPERSONATION_NEEDS_KEY:
    ({ program }) =>
    (headers = {}) =>
      ask(program.file.url, 'GET', BALANCE, {
        headers: { authorization: 'Bearer a.b.c', 'x-builder-customer-id': randomUUID(), ...headers },
      }),
};
