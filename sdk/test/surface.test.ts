import { expect, expectTypeOf, test } from 'vitest';
import { agentOf } from '../src/agent.ts';
import { operations } from '../src/generated/operations.ts';
import { createRouter, createSessions, type ClientOptions, type Reply } from '../src/index.ts';

const names = Object.keys(operations);

/** A client whose requests go nowhere, and what it would have sent. */
function recording(): { client: ClientOptions; sent: string[]; headers: Headers[] } {
  const [sent, headers]: [string[], Headers[]] = [[], []];
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    sent.push(`${init.method} ${new URL(url).pathname}`);
    headers.push(new Headers(init.headers));
    return Promise.resolve(new Response('', { status: 400 }));
  };
  return { client: { url: 'http://gateway.test', apiKey: 'key', maxRetries: 0, fetch }, sent, headers };
}

/** `GET /orders/{id}` with 7 in place of each id. */
const filled = (name: string): string => name.replaceAll(/\{\w+\}/g, '7');
const ids = { id: '7', customer_id: '7', order_id: '7' };

test('every operation of the router has a method, and every method its own operation', async () => {
  const { client, sent } = recording();
  const { builder, with: _, ...account } = createRouter(client);
  for (const method of [...Object.values(account), ...Object.values(builder)]) await method(ids as never);
  expect(sent.toSorted()).toEqual(
    names
      .filter((name) => name.includes(' /api/v1/'))
      .map(filled)
      .toSorted(),
  );
});

test("so has every operation of the agents' surface; what is asked inside a session names it", async () => {
  const { client, sent, headers } = recording();
  const sessions = createSessions(client);
  const session = sessions.session(7);
  const agent = agentOf(client, { session_id: 7, run: 1, mode: 'auto', positions: [], balances: [] });
  const { polymarket } = agent.platforms;
  await sessions.create({ mode: 'auto', allocation_usd: 1 });
  await sessions.list();
  for (const ask of [session.read, session.start, session.pause, session.stop, session.nextRun]) await ask();
  await session.suggestions.list();
  await session.suggestions.approve(7);
  await session.suggestions.reject(7);
  await polymarket.marketOrder({ tokenId: '1', side: 'BUY', size: 1 });
  await polymarket.redeemPositions({ tokenIds: ['1'] });
  await polymarket.positions();
  await agent.current();
  await agent.clearSuggestedTransactions();
  expect(sent.toSorted()).toEqual(
    names
      .filter((name) => !name.includes(' /api/v1/'))
      .map(filled)
      .toSorted(),
  );
  const inSession = sent.filter((_, index) => headers[index]?.get('x-session-id') === '7');
  expect(inSession.filter((line) => !/suggestions|platforms|positions/.test(line))).toEqual([]);
  expect(inSession).toHaveLength(8);
  await session.suggestions.clear();
  expect(sent.at(-1)).toBe('DELETE /v1/sessions/suggestions');
});

test("credentials, a customer and a wallet travel in the gateway's own headers", async () => {
  const { client, headers } = recording();
  const credentials = { private_key: 'clé' };
  const theirs = createRouter(client).with({ customer: 'c', wallet: 3, credentials });
  await theirs.balance({ exchange: 'polymarket' });
  const sent = headers[0];
  expect([sent?.get('x-api-key'), sent?.get('x-builder-customer-id'), sent?.get('x-postern-wallet')]).toEqual(
    ['key', 'c', '3'],
  );
  const decoded = Buffer.from(sent?.get('x-exchange-credentials') ?? '', 'base64').toString();
  expect(JSON.parse(decoded)).toEqual(credentials);
});

test("the types are the document's", async () => {
  const { client } = recording();
  const router = createRouter(client);
  // @ts-expect-error an order needs its members
  await router.placeOrder({ exchange: 'paper' });
  // @ts-expect-error and no others
  await router.orders({ exchange: 'paper', state: 'open' });
  const result = await router.orderbook({ parsec_id: 'paper:1', limit: 5 });
  expectTypeOf<Reply<'DELETE /api/v1/onboard'>>().toEqualTypeOf<null>();
  if (result.success) expectTypeOf(result.data.bids).toEqualTypeOf<[number, number][]>();
  else expectTypeOf(result.effect).toEqualTypeOf<'none' | 'unknown'>();
});
