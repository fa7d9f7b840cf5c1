import { Wallet } from 'ethers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { member, rowsOf, textOf, type Answer, type Ask } from './support/ask.ts';
import {
  expectRouterRefusal,
  newBuilder,
  USERS,
  withKey,
  type Builder,
  type OwnCustomer,
} from './support/builder.ts';
import { newTrader, type Trader } from './support/trader.ts';
import {
  clobAccount,
  credentialsHeader,
  fundWallet,
  kalshiAccount,
  type ClobAccount,
  type KalshiAccount,
} from './support/venue-accounts.ts';

const file = inject('postern');
const ONBOARD = '/api/v1/onboard';
const venues = ['polymarket', 'kalshi'] as const;
type Venue = (typeof venues)[number];

/** Two people at each venue, told apart by their money: what only theirs has is 1 or 2. */
let wallets: readonly [ClobAccount, ClobAccount];
let members: readonly [KalshiAccount, KalshiAccount];
/** Of each person at each venue, in dollars. */
let cash: Record<Venue, readonly [number, number]>;
beforeAll(async () => {
  wallets = await Promise.all([clobAccount(file), clobAccount(file)]);
  members = await Promise.all([kalshiAccount(file, '1'), kalshiAccount(file, '2')]);
  await fundWallet(file, wallets[0].address, '1');
  await fundWallet(file, wallets[1].address, '2');
  const [one, two] = await Promise.all([newTrader(file), newTrader(file)]);
  cash = {
    polymarket: [await cashOf(one, 'polymarket', 0), await cashOf(two, 'polymarket', 1)],
    kalshi: [await cashOf(one, 'kalshi', 0), await cashOf(two, 'kalshi', 1)],
  };
  expect(cash.polymarket[1] - cash.polymarket[0]).toBe(1);
  expect(cash.kalshi[1] - cash.kalshi[0]).toBe(1);
});

const cashOf = async (trader: Trader, venue: Venue, who: 0 | 1): Promise<number> =>
  Number(member(await trader.call('GET', balanceOf(venue), undefined, header(venue, who)), 'available'));

const balanceOf = (venue: Venue): string => `/api/v1/balance?exchange=${venue}`;
const pingOf = (venue: Venue): string => `/api/v1/ping?exchange=${venue}`;
/** A person's credentials as the wire has them; the members of an onboarding beyond `exchange` and `mode`. */
const wire = (venue: Venue, who: 0 | 1): object =>
  venue === 'kalshi' ? members[who].wire : { ...wallets[who].wire, private_key: wallets[who].privateKey };
const header = (venue: Venue, who: 0 | 1): Record<string, string> => credentialsHeader(wire(venue, who));
const self = (venue: Venue, who: 0 | 1): object => ({ exchange: venue, mode: 'self', ...wire(venue, who) });

type Send = (method: string, path: string, headers?: Ask['headers']) => Promise<Answer>;

/** The venue believes whoever asks, and it is this person's money that it tells. */
async function expectPerson(
  send: Send,
  venue: Venue,
  who: 0 | 1,
  headers: Ask['headers'] = {},
): Promise<void> {
  const [state] = rowsOf(await send('GET', pingOf(venue), headers));
  expect(state).toEqual({
    exchange: venue,
    has_credentials: true,
    authenticated: true,
    message: 'Authenticated',
  });
  const answer = await send('GET', balanceOf(venue), headers);
  const currency = venue === 'polymarket' ? 'USDC' : 'USD';
  expect(answer.json, answer.text).toMatchObject({ available: cash[venue][who], currency });
}

/** There is nothing to sign with. */
async function expectNobody(send: Send, venue: Venue): Promise<void> {
  const [state] = rowsOf(await send('GET', pingOf(venue)));
  expect(state).toMatchObject({ has_credentials: false, authenticated: false });
  expectRouterRefusal(
    await send('GET', balanceOf(venue)),
    403,
    'credentials_required',
    'CREDENTIALS_REQUIRED',
  );
}

const asTrader =
  (trader: Trader): Send =>
  (method, path, headers) =>
    trader.call(method, path, undefined, headers);
const asCustomer =
  (builder: Builder, customer: OwnCustomer): Send =>
  (method, path, headers = {}) =>
    builder.call(method, path, undefined, { ...headers, 'x-builder-customer-id': customer.id });
const asItself =
  (customer: OwnCustomer): Send =>
  (method, path, headers = {}) =>
    withKey(file, customer.key, method, path, { headers });

describe.each(venues)('%s', (venue) => {
  test('stored: a request is signed with what was onboarded', async () => {
    const trader = await newTrader(file);
    await expectNobody(asTrader(trader), venue);
    await trader.call('POST', ONBOARD, self(venue, 0));
    await expectPerson(asTrader(trader), venue, 0);
  });

  test('per request: nothing is stored, and what comes along beats what is stored', async () => {
    const trader = await newTrader(file);
    await expectPerson(asTrader(trader), venue, 1, header(venue, 1));
    await expectNobody(asTrader(trader), venue);
    await trader.call('POST', ONBOARD, self(venue, 0));
    await expectPerson(asTrader(trader), venue, 1, header(venue, 1));
    await expectPerson(asTrader(trader), venue, 0);
  });

  test("impersonation: the customer's credentials, never the builder's or another customer's", async () => {
    const builder = await newBuilder(file);
    const [first, second] = [await builder.create(), await builder.create()];
    await builder.call('POST', ONBOARD, self(venue, 1));
    await expectNobody(asCustomer(builder, first), venue);
    await builder.as(first.id, 'POST', ONBOARD, self(venue, 0));
    await expectPerson(asCustomer(builder, first), venue, 0);
    await expectPerson(asItself(first), venue, 0);
    await expectPerson(asTrader(builder), venue, 1);
    await expectNobody(asCustomer(builder, second), venue);
    await expectNobody(asItself(second), venue);
  });

  test('impersonation with credentials of the request: for this request alone', async () => {
    const builder = await newBuilder(file);
    const customer = await builder.create();
    await expectPerson(asCustomer(builder, customer), venue, 1, header(venue, 1));
    await expectNobody(asCustomer(builder, customer), venue);
  });

  test("a customer's own key onboards its own account, and its builder sees it", async () => {
    const builder = await newBuilder(file);
    const customer = await builder.create();
    const options = { body: self(venue, 0) };
    expect((await withKey(file, customer.key, 'POST', ONBOARD, options)).status).toBe(200);
    await expectPerson(asCustomer(builder, customer), venue, 0);
    const view = await builder.call('GET', `${USERS}/${customer.id}`);
    expect(member(view, 'linked_exchanges')).toEqual([venue]);
    expect(member(view, 'wallet') === null).toBe(venue === 'kalshi');
  });

  test('credentials of the request that the venue does not believe', async () => {
    const trader = await newTrader(file);
    const strange =
      venue === 'kalshi'
        ? { ...members[0].wire, private_key: members[1].wire.private_key }
        : { ...wire(venue, 0), clob_api_passphrase: 'not-this-one' };
    const headers = credentialsHeader(strange);
    const [state] = rowsOf(await trader.call('GET', pingOf(venue), undefined, headers));
    expect(state).toMatchObject({ has_credentials: true, authenticated: false });
    const answer = await trader.call('GET', balanceOf(venue), undefined, headers);
    expectRouterRefusal(answer, 403, 'authentication_failed', 'AUTHENTICATION_FAILED');
  });

  test.each([
    ['no base64', '!!!'],
    ['no JSON', btoa('{')],
    ['no text', Buffer.from([0xff, 0xfe]).toString('base64')],
    ['no object', btoa('[1]')],
    ['an empty object', btoa('{}')],
    ['an empty header', ''],
    ['a strange member', btoa(JSON.stringify({ private_key: 'x', api_key_id: 'x', more: 1 }))],
    ['a private key that is none', btoa(JSON.stringify({ private_key: 'none', api_key_id: 'x' }))],
    ['a number', btoa(JSON.stringify({ private_key: 7, api_key_id: 'x' }))],
    ['too much', Buffer.alloc(13_000, 'a').toString('base64')],
  ])('X-Exchange-Credentials with %s: 400 on every route that takes it', async (_, value) => {
    const trader = await newTrader(file);
    for (const path of [pingOf(venue), balanceOf(venue)]) {
      const answer = await trader.call('GET', path, undefined, { 'x-exchange-credentials': value });
      expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
    }
  });
});

describe('polymarket only', () => {
  test('managed: a customer of a builder, and the builder sees the wallet', async () => {
    const builder = await newBuilder(file);
    const customer = await builder.create();
    const onboarded = await builder.as(customer.id, 'POST', ONBOARD, {
      exchange: 'polymarket',
      mode: 'managed',
    });
    const address = textOf(onboarded, 'eoa_address');
    await fundWallet(file, address, '7');
    const balance = await builder.as(customer.id, 'GET', balanceOf('polymarket'));
    expect(member(balance, 'available')).toBe(cash.polymarket[0] + 6);
    const page = await builder.call('GET', USERS);
    const wallet = { eoa_address: address, wallet_type: 'eoa', managed: true };
    expect(member(page, 'users')).toMatchObject([{ linked_exchanges: ['polymarket'], wallet }]);
  });

  test('per request with a private key alone: the CLOB key comes from the venue', async () => {
    const trader = await newTrader(file);
    const headers = credentialsHeader({ private_key: Wallet.createRandom().privateKey });
    const [state] = rowsOf(await trader.call('GET', pingOf('polymarket'), undefined, headers));
    expect(state).toMatchObject({ has_credentials: true, authenticated: true });
  });

  test('per request without a private key: 400', async () => {
    const trader = await newTrader(file);
    const headers = credentialsHeader(wallets[0].wire);
    const answer = await trader.call('GET', pingOf('polymarket'), undefined, headers);
    expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
    expect(member(answer, 'error')).toMatch(/^private_key: /);
  });
});

describe('POST /api/v1/builder/onboard', () => {
  const body = (customer_id: string): object => ({ customer_id, exchange: 'polymarket', mode: 'managed' });

  test("is /onboard for one of the builder's customers", async () => {
    const builder = await newBuilder(file);
    const customer = await builder.create();
    const answer = await builder.call('POST', '/api/v1/builder/onboard', body(customer.id));
    expect(answer.json).toMatchObject({ customer_id: customer.id, status: 'complete' });
    const again = await builder.as(customer.id, 'POST', ONBOARD, {
      exchange: 'polymarket',
      mode: 'managed',
    });
    expect(member(again, 'status')).toBe('already_linked');
    await expectNobody(asTrader(builder), 'polymarket');
  });

  test("another builder's customer, nobody's and no id are one and the same 404", async () => {
    const [builder, other] = await Promise.all([newBuilder(file), newBuilder(file)]);
    const foreign = await other.create();
    for (const id of [foreign.id, '11111111-1111-4111-8111-111111111111', 'no id']) {
      const answer = await builder.call('POST', '/api/v1/builder/onboard', body(id));
      expectRouterRefusal(answer, 404, 'not_found', 'CUSTOMER_NOT_FOUND');
    }
    await expectNobody(asItself(foreign), 'polymarket');
  });

  test("is the builder's own: a trader's key and a customer's are refused", async () => {
    const [trader, builder] = await Promise.all([newTrader(file), newBuilder(file)]);
    const customer = await builder.create();
    const options = { body: body(customer.id) };
    for (const key of [trader.keys[0] ?? '', customer.key]) {
      const answer = await withKey(file, key, 'POST', '/api/v1/builder/onboard', options);
      expectRouterRefusal(answer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
    }
  });
});

describe('GET /api/v1/ping', () => {
  test('without an exchange: every exchange once', async () => {
    const trader = await newTrader(file);
    await trader.call('POST', ONBOARD, self('kalshi', 0));
    const states = rowsOf(await trader.call('GET', '/api/v1/ping'));
    expect(
      states.map(({ exchange, has_credentials, authenticated }) => [
        exchange,
        has_credentials,
        authenticated,
      ]),
    ).toEqual([
      ['polymarket', false, false],
      ['kalshi', true, true],
      ['limitless', false, false],
      ['opinion', false, false],
      ['predictfun', false, false],
      ['paper', true, true],
    ]);
  });

  test.each([
    ['?exchange=nyse', {}, 404, 'exchange_not_found', 'EXCHANGE_NOT_FOUND'],
    ['?exchange=paper&more=1', {}, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['', credentialsHeader({}), 400, 'missing_parameter', 'MISSING_PARAMETER'],
    ['?exchange=paper', credentialsHeader({}), 400, 'validation_error', 'VALIDATION_FAILED'],
    ['?exchange=opinion', credentialsHeader({}), 400, 'validation_error', 'VALIDATION_FAILED'],
  ] as const)('%s: %i', async (query, headers, status, code, reason) => {
    const trader = await newTrader(file);
    const answer = await trader.call('GET', `/api/v1/ping${query}`, undefined, headers);
    expectRouterRefusal(answer, status, code, reason);
  });
});
