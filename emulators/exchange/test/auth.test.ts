import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { URI, type TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grpcClient, startForTest, type Json, type Reply, type TestExchange } from './support.ts';

const PASSWORD = 'Chosen-by-me-42';
const AUTH = '/auth/v1beta1';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startForTest();
});
afterAll(() => exchange.close());

/** A user that registered with PASSWORD. */
async function registered(name: string): Promise<void> {
  await exchange.control('user', { name, firm: 'Delta', accounts: ['main'] });
  const { token } = await exchange.control('registration', { username: name });
  expect((await exchange.post(`${AUTH}/register`, { token, password: PASSWORD })).body).toEqual({});
}

const login = (username: string, extra: object = {}): Promise<Reply> =>
  exchange.post(`${AUTH}/login`, { username, password: PASSWORD, ...extra });

const ask = (token: unknown): Promise<Reply> =>
  exchange.post(
    '/api/v1beta1/list_account_balances',
    { name: 'main' },
    { authorization: `Bearer ${String(token)}` },
  );

describe('v1beta1', () => {
  test('a registration token sets a password once; a weak password does not spend it', async () => {
    await exchange.control('user', { name: 'registers', firm: 'Delta', accounts: ['main'] });
    const { token } = await exchange.control('registration', { username: 'registers' });
    const weak = await exchange.post(`${AUTH}/register`, { token, password: 'weak' });
    expect([weak.status, weak.body['code']]).toEqual([400, 3]);
    expect((await exchange.post(`${AUTH}/check_password`, { password: 'weak' })).body).toMatchObject({
      ok: false,
    });
    expect((await exchange.post(`${AUTH}/check_password`, { password: PASSWORD })).body).toEqual({
      ok: true,
      reasons: [],
    });
    expect((await exchange.post(`${AUTH}/register`, { token, password: PASSWORD })).status).toBe(200);
    expect((await exchange.post(`${AUTH}/register`, { token, password: PASSWORD })).body).toMatchObject({
      code: 6,
    });
    expect((await login('registers')).status).toBe(200);
  });

  test('a login answers with both tokens and their times, a wrong password with 401', async () => {
    await registered('logs-in');
    const { body } = await login('logs-in');
    expect(
      Date.parse(String(body['accessExpirationTime'])) - Date.parse(String(body['accessIssueTime'])),
    ).toBe(3_600_000);
    expect(body).toMatchObject({
      refreshToken: expect.any(String),
      refreshExpirationTime: expect.any(String),
    });
    expect((await ask(body['accessToken'])).body).toMatchObject({ balances: { USD: { balance: '100000' } } });
    const wrong = await login('logs-in', { password: 'something else' });
    expect([wrong.status, wrong.body]).toEqual([
      401,
      { code: 16, message: 'invalid username or password', details: [] },
    ]);
  });

  test('both tokens rotate, and an old refresh token is refused', async () => {
    await registered('refreshes');
    const first = (await login('refreshes')).body;
    const renew = (token: unknown): Promise<Reply> =>
      exchange.post(`${AUTH}/refresh`, { refreshToken: token });
    const second = await renew(first['refreshToken']);
    expect(second.body['refreshToken']).not.toBe(first['refreshToken']);
    expect(second.body['accessToken']).not.toBe(first['accessToken']);
    expect((await renew(first['refreshToken'])).body).toMatchObject({ code: 16 });
    expect((await ask(second.body['accessToken'])).status).toBe(200);
    expect((await renew(second.body['refreshToken'])).status).toBe(200);
    // An access token is not a refresh token, nor the reverse.
    expect((await renew(second.body['accessToken'])).status).toBe(401);
    expect((await ask(first['refreshToken'])).status).toBe(401);
  });

  test('after mfa is verified, a login takes a code, each once', async () => {
    await registered('second-factor');
    const { accessToken } = (await login('second-factor')).body;
    const headers = { authorization: `Bearer ${String(accessToken)}` };
    const enrolled = await exchange.post(`${AUTH}/mfa/enroll`, {}, headers);
    const totp = URI.parse(String(enrolled.body['secret_uri'])) as TOTP; // the URI's type is totp
    expect((await login('second-factor')).status).toBe(200);
    const verify = (otp: string): Promise<Reply> => exchange.post(`${AUTH}/mfa/verify`, { otp }, headers);
    expect((await verify('000000')).body).toEqual({ ok: false });
    const now = Date.now();
    expect((await verify(totp.generate({ timestamp: now }))).body).toEqual({ ok: true });
    expect((await login('second-factor')).body).toMatchObject({ code: 16, message: 'invalid otp' });
    const next = totp.generate({ timestamp: now + 30_000 });
    expect((await login('second-factor', { otp: next })).status).toBe(200);
    expect((await login('second-factor', { otp: next })).status).toBe(401);
  });

  test('tokens live as long as told, and forged ones not at all', async () => {
    await exchange.control('tokens', { access_ttl_ms: 30_000 });
    const { token } = await exchange.login();
    expect((await ask(token)).status).toBe(200);
    await exchange.control('clock', { offset_ms: 30_001 });
    expect((await ask(token)).body).toMatchObject({ code: 16 });
    await exchange.control('clock', { offset_ms: 0 });
    const [header, payload] = token.split('.');
    const signature = createHmac('sha256', '').update(`${header}.${payload}`).digest('base64url');
    expect((await ask(`${header}.${payload}.${signature}`)).status).toBe(401);
    await exchange.control('tokens', { access_ttl_ms: 3_600_000 });
  });
});

describe('v1', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const CLIENT = 'client-of-beta';

  beforeAll(async () => {
    const public_key = publicKey.export({ type: 'spki', format: 'pem' });
    await exchange.control('client', { client_id: CLIENT, public_key, username: 'beta-trader' });
  });

  function assertion(changes: object = {}, algorithm = 'RS256'): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: CLIENT,
      sub: CLIENT,
      aud: `${exchange.url}/oauth/token`,
      iat: now,
      exp: now + 300,
      jti: randomUUID(),
      ...changes,
    };
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = `${encode({ alg: algorithm, typ: 'JWT' })}.${encode(claims)}`;
    return `${body}.${sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')}`;
  }

  const exchangeIt = (client_assertion: string, extra: object = {}): Promise<Reply> =>
    exchange.post('/oauth/token', {
      client_id: CLIENT,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      audience: exchange.url,
      grant_type: 'client_credentials',
      ...extra,
    });

  const tokenOf = async (): Promise<string> => String((await exchangeIt(assertion())).body['access_token']);

  test('a signed assertion buys a token of three minutes', async () => {
    expect((await exchangeIt(assertion())).body).toMatchObject({ token_type: 'Bearer', expires_in: 180 });
    const headers = {
      authorization: `Bearer ${await tokenOf()}`,
      'x-participant-id': 'firms/Beta/users/beta-trader',
    };
    const { body } = await exchange.get('/v1/positions?name=firms/Beta/accounts/main', headers);
    expect(body).toEqual({ positions: [], availablePosition: [] });
    await exchange.control('clock', { offset_ms: 181_000 });
    expect((await exchange.get('/v1/positions?name=main', headers)).status).toBe(401);
    await exchange.control('clock', { offset_ms: 0 });
  });

  test.each([
    ['a used jti', { jti: 'same' }],
    ['another subject', { sub: 'somebody' }],
    ['another audience', { aud: 'https://example.com/oauth/token' }],
    ['an audience that is not the token URL', { aud: 'https://api.prod.polymarketexchange.com' }],
    ['an expiry in the past', { exp: 1_000_000 }],
    ['an expiry far away', { exp: Math.floor(Date.now() / 1000) + 3600 }],
  ])('an assertion with %s is refused', async (_name, changes) => {
    // The first one of a jti is good.
    if ('jti' in changes) await exchangeIt(assertion(changes));
    const { status, body } = await exchangeIt(assertion(changes));
    expect([status, body['error']]).toEqual([401, 'invalid_client_assertion']);
  });

  test('a signature by another key or of another algorithm is refused', async () => {
    const [header, payload] = assertion().split('.');
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const signature = sign('RSA-SHA256', Buffer.from(`${header}.${payload}`), other).toString('base64url');
    expect((await exchangeIt(`${header}.${payload}.${signature}`)).body).toMatchObject({
      error: 'invalid_client',
    });
    expect((await exchangeIt(assertion({}, 'none'))).body).toMatchObject({
      error: 'invalid_client_assertion',
    });
  });

  test('account data needs the participant, reference data does not', async () => {
    const authorization = `Bearer ${await tokenOf()}`;
    const positions = (headers: Record<string, string>): Promise<Reply> =>
      exchange.get('/v1/positions?name=main', { authorization, ...headers });
    expect((await positions({})).body).toMatchObject({ code: 3, message: 'x-participant-id is required' });
    expect((await positions({ 'x-participant-id': 'firms/Alpha/users/alpha-trader' })).body).toMatchObject({
      code: 7,
    });
    const refdata = await exchange.post('/v1/refdata/instruments', { pageSize: 1 }, { authorization });
    expect(refdata.body['instruments'][0]).toMatchObject({ priceScale: '1000', fractionalQtyScale: '1' });
  });

  test('the streams of the v1 package ask for the participant, too', async () => {
    const token = await tokenOf();
    const packageName = 'polymarket.v1';
    const bare = grpcClient(exchange, 'OrderEntryAPI', token, { packageName });
    expect(await bare.stream('CreateOrderSubscription').ended()).toMatchObject({ code: 3 });
    const extra = { 'x-participant-id': 'firms/Beta/users/beta-trader' };
    const client = grpcClient(exchange, 'OrderEntryAPI', token, { packageName, extra });
    const first: Json = await client.stream('CreateOrderSubscription').next();
    expect(first['snapshot']).toBeDefined();
    const market = grpcClient(exchange, 'MarketDataSubscriptionAPI', token, { packageName });
    expect((await market.stream('CreateMarketDataSubscription').next())['update']).toBeDefined();
    for (const one of [bare, client, market]) one.close();
  });
});
