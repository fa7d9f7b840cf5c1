import { randomUUID } from 'node:crypto';
import { Chain, ClobClient, Side } from '@polymarket/clob-client';
import { BuilderConfig } from '@polymarket/builder-signing-sdk';
import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlVenue } from '../support/control.ts';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { ask, member, textOf } from './support/ask.ts';
import { expectRouterRefusal, newBuilder, withKey, type Builder } from './support/builder.ts';
import { limitOrder, newTrader } from './support/trader.ts';
import { clobAccount } from './support/venue-accounts.ts';

const SIGN = '/api/v1/builder/sign';
const CREDENTIALS = '/api/v1/builder/credentials';

let program: OwnProgram;
let builder: Builder;
let triple: { readonly key: string; readonly secret: string; readonly passphrase: string };
beforeAll(async () => {
  // Its own program, whose venue takes order schema 1: the one that builder headers belong to.
  program = await startProgram({
    vars: { CLIENT_IP_HEADER: 'x-test-address' },
    emulatorEnv: { EMULATOR_VERSION: '1' },
  });
  builder = await newBuilder(program.file);
  triple = await newTriple();
  const stored = await builder.call('PUT', CREDENTIALS, triple);
  expect([stored.status, member(stored, 'has_credentials')], stored.text).toEqual([200, true]);
});
afterAll(() => program.stop());

/** A builder key that the venue knows. */
async function newTriple(): Promise<typeof triple> {
  const made = {
    key: randomUUID(),
    secret: Buffer.from(randomUUID()).toString('base64'),
    passphrase: randomUUID(),
  };
  await controlVenue(program.file, 'builder-key', made);
  return made;
}

/** The unmodified package, with the gateway as its remote signer. */
const remote = (token = builder.keys[0] ?? ''): BuilderConfig =>
  new BuilderConfig({ remoteBuilderConfig: { url: `${program.file.url}${SIGN}`, token } });

interface VenueOrder {
  readonly hash: string;
  readonly builder: string | null;
}
async function ordersAtVenue(): Promise<readonly VenueOrder[]> {
  const response = await fetch(`${program.file.emulators.polymarket}/__control/orders`);
  return (await response.json()) as readonly VenueOrder[];
}

describe('as the remote signer of @polymarket/builder-signing-sdk', () => {
  test('gives the headers that the package makes with the secret in its own hands', async () => {
    const local = new BuilderConfig({ localBuilderCreds: triple });
    for (const [method, path, body] of [
      ['POST', '/order', '{"order":{"salt":1},"price":"0.5"}'],
      ['DELETE', '/order', '{"orderID":"0x1"}'],
      ['GET', '/builder/trades', undefined],
      ['POST', '/orders', ''],
    ] as const) {
      const expected = await local.generateBuilderHeaders(method, path, body, 1_758_744_060);
      expect(await remote().generateBuilderHeaders(method, path, body, 1_758_744_060)).toEqual(expected);
    }
  });

  test("an order of the venue's own client is attributed to the builder", async () => {
    const { emulators } = program.file;
    const { yes } = await openMarket(program.file);
    const wallet = Wallet.createRandom();
    const creds = await new ClobClient(emulators.polymarket, Chain.POLYGON, wallet).createOrDeriveApiKey();
    const rest = [undefined, undefined, undefined, undefined, remote()] as const;
    const client = new ClobClient(emulators.polymarket, Chain.POLYGON, wallet, creds, ...rest);
    const limit = { tokenID: yes, price: 0.01, size: 10, side: Side.BUY };
    const placed = await client.createAndPostOrder(limit);
    expect(placed).toMatchObject({ success: true });
    const order = (await ordersAtVenue()).find(({ hash }) => hash === placed.orderID);
    expect(order?.builder).toBe(triple.key);
  });

  test('an order that the vault signs for a customer is attributed to its builder, on /v1 too', async () => {
    const { condition } = await openMarket(program.file);
    const [{ key }, account] = [await builder.create(), await clobAccount(program.file)];
    const asCustomer = (path: string, body: unknown) =>
      withKey(program.file, key, 'POST', path, { body, headers: { 'x-postern-venue': 'polymarket' } });
    const members = { ...account.wire, private_key: account.privateKey };
    await asCustomer('/api/v1/onboard', { exchange: 'polymarket', mode: 'self', ...members });
    const placed = await asCustomer('/v1/orders', limitOrder(condition));
    const order = (await ordersAtVenue()).find(({ hash }) => hash === textOf(placed, 'order_id'));
    expect(order?.builder).toBe(triple.key);
  });

  test('time is now where the package names none', async () => {
    const headers = await remote().generateBuilderHeaders('GET', '/builder/trades');
    const answer = await fetch(`${program.file.emulators.polymarket}/builder/trades`, {
      headers: { ...headers },
    });
    expect(answer.status).toBe(200);
  });
});

describe('who signs', () => {
  const body = { method: 'POST', path: '/order', body: '{}' };
  const signAs = (headers: Readonly<Record<string, string>>) =>
    ask(program.file.url, 'POST', SIGN, { headers, body });

  test('a key in X-API-Key does as well', async () => {
    const answer = await builder.call('POST', SIGN, { ...body, timestamp: null });
    expect([answer.status, member(answer, 'POLY_BUILDER_API_KEY')]).toEqual([200, triple.key]);
  });

  test("each builder with its own key: another's is never used", async () => {
    const other = await newBuilder(program.file);
    const none = await other.call('POST', SIGN, body);
    expectRouterRefusal(none, 403, 'credentials_required', 'CREDENTIALS_REQUIRED');
    const own = await newTriple();
    await other.call('PUT', CREDENTIALS, own);
    expect(textOf(await other.call('POST', SIGN, body), 'POLY_BUILDER_API_KEY')).toBe(own.key);
    expect(textOf(await builder.call('POST', SIGN, body), 'POLY_BUILDER_API_KEY')).toBe(triple.key);
  });

  test('nobody, a trader, a customer, a builder for a customer, and a token that is no key', async () => {
    const trader = await newTrader(program.file);
    const customer = await builder.create();
    const key = builder.keys[0] ?? '';
    for (const [headers, status, code] of [
      [{}, 401, 'MISSING_API_KEY'],
      [{ authorization: 'Bearer aaaa.bbbb.cccc' }, 401, 'MISSING_API_KEY'],
      [{ authorization: `Bearer ${key.slice(0, -1)}` }, 401, 'INVALID_KEY'],
      [{ authorization: `Bearer ${trader.keys[0]}` }, 403, 'INSUFFICIENT_PERMISSION'],
      [{ authorization: `Bearer ${customer.key}` }, 403, 'INSUFFICIENT_PERMISSION'],
      [{ 'x-api-key': key, 'x-builder-customer-id': customer.id }, 403, 'INSUFFICIENT_PERMISSION'],
    ] as const) {
      const answer = await signAs(headers);
      expect([answer.status, answer.code]).toEqual([status, code]);
    }
  });

  test('Authorization opens no other route of the surface', async () => {
    const headers = { authorization: `Bearer ${builder.keys[0]}` };
    const answer = await ask(program.file.url, 'GET', CREDENTIALS, { headers });
    expectRouterRefusal(answer, 401, 'unauthorized', 'MISSING_API_KEY');
  });

  test.each([
    [{ path: '/order' }, 'method'],
    [{ method: 'POST' }, 'path'],
    [{ method: 'P0ST', path: '/order' }, 'method'],
    [{ method: 'POST', path: 'order' }, 'path'],
    [{ method: 'POST', path: '/order?x=1' }, 'path'],
    [{ method: 'POST', path: '/order', timestamp: -1 }, 'timestamp'],
    // Headers made for later would outlive the key that asked for them.
    [{ method: 'POST', path: '/order', timestamp: 9_000_000_000 }, 'timestamp'],
    [{ method: 'POST', path: '/order', body: {} }, 'body'],
    [{ method: 'POST', path: '/order', more: 1 }, 'more'],
  ])('%j is refused, commandIdentity the member', async (request, part) => {
    const answer = await builder.call('POST', SIGN, request);
    expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
    expect(textOf(answer, 'error')).toContain(part);
  });
});

describe("the builder's own key", () => {
  test('is checked at the venue before it is stored', async () => {
    const other = await newBuilder(program.file);
    const own = await newTriple();
    for (const wrong of [{ key: randomUUID() }, { secret: btoa('wrong') }, { passphrase: 'wrong' }]) {
      const answer = await other.call('PUT', CREDENTIALS, { ...own, ...wrong });
      expectRouterRefusal(answer, 403, 'authentication_failed', 'AUTHENTICATION_FAILED');
    }
    const malformed = await other.call('PUT', CREDENTIALS, { ...own, secret: '!!!' });
    expectRouterRefusal(malformed, 400, 'validation_error', 'VALIDATION_FAILED');
    expect((await other.call('GET', CREDENTIALS)).json).toEqual({
      has_credentials: false,
      updated_at: null,
    });
  });

  test('the venue away: 503, and nothing is stored', async () => {
    const other = await newBuilder(program.file);
    const own = await newTriple();
    await controlVenue(program.file, 'faults', { path: '/builder/trades', kind: 'status', times: 3 });
    const answer = await other.call('PUT', CREDENTIALS, own);
    expectRouterRefusal(answer, 503, 'service_unavailable', 'VENUE_UNAVAILABLE');
    expect(member(await other.call('GET', CREDENTIALS), 'has_credentials')).toBe(false);
  });

  test('once destroyed, nothing is signed', async () => {
    const other = await newBuilder(program.file);
    await other.call('PUT', CREDENTIALS, await newTriple());
    for (let times = 0; times < 2; times += 1)
      expect((await other.call('DELETE', CREDENTIALS)).status).toBe(204);
    const answer = await other.call('POST', SIGN, { method: 'POST', path: '/order' });
    expectRouterRefusal(answer, 403, 'credentials_required', 'CREDENTIALS_REQUIRED');
  });

  test('is no exchange that the builder is linked with', async () => {
    expect(member(await builder.call('GET', '/api/v1/wallet'), 'linked_exchanges')).toEqual([]);
  });
});
