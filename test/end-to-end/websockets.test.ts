import { randomUUID } from 'node:crypto';
import { Wallet } from 'ethers';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { markets, openMarket, setBook } from '../support/markets.ts';
import { postOrder, type PaperOrder } from '../support/paper-orders.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { TestSocket, type Frame } from '../support/socket.ts';
import { createTenant, operate, type TenantSpec } from '../support/tenants.ts';
import { ask, expectRefusal, member, textOf } from './ask.ts';
import { secretOf } from './local-token.ts';
import { createL2, tripleOf } from './sign-in.ts';

/** Books move only when a test moves them. */
let program: OwnProgram;
beforeAll(async () => {
  program = await startProgram({
    vars: { CLIENT_IP_HEADER: 'x-test-address' },
    emulatorEnv: { EMULATOR_CLOCK: 'manual' },
  });
});
afterAll(() => program.stop());

const sockets: TestSocket[] = [];
afterEach(async () => {
  await Promise.all(sockets.splice(0).map((socket) => socket.close()));
});

function connect(path: string, headers: Readonly<Record<string, string>> = {}): TestSocket {
  const socket = new TestSocket(`${program.file.url}/v1/ws/${path}`, headers);
  sockets.push(socket);
  return socket;
}

async function open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<TestSocket> {
  const socket = connect(path, headers);
  await socket.opened;
  return socket;
}

async function tenantKey(spec: TenantSpec = {}): Promise<string> {
  const { keys } = await createTenant(program.file, spec);
  return keys[0]?.raw_key ?? '';
}

async function wsToken(key: string): Promise<string> {
  const headers = { 'x-api-key': key };
  return textOf(await ask(program.file.url, 'POST', '/v1/keys/ws-token', { headers }), 'token');
}

const openWith = async (channel: string, key: string): Promise<TestSocket> =>
  open(`${channel}?token=${await wsToken(key)}`);

/** The only ask of a token's book, by which tests tell one book from another. */
const setAsk = (token: string, price: string, size: number): Promise<void> =>
  setBook(program.file, token, { bids: [], asks: [{ price, size: String(size) }] });

const changedSizes = (socket: TestSocket, token: string): readonly number[] =>
  socket
    .frames()
    .flatMap((frame) =>
      frame['event_type'] === 'price_change'
        ? (frame['price_changes'] as Frame[])
            .filter(
              (change) => change['asset_id'] === token && change['side'] === 'SELL' && change['size'] !== '0',
            )
            .map((change) => Number(change['size']))
        : [],
    );

/** Markets of their own for tests that trade: paper accounts see books that are up to 250 ms old. */
const used = new Set<string>();
async function ownMarket(): Promise<{ readonly condition: string; readonly yes: string }> {
  const market = await openMarket(
    program.file,
    ({ condition_id, minimum_tick_size, neg_risk }) =>
      minimum_tick_size === 0.01 && !neg_risk && !used.has(condition_id),
  );
  used.add(market.condition);
  return market;
}

const venueCounts = async (): Promise<{ readonly sockets: number; readonly subscriptions: number }> => {
  const answer = await ask(program.file.emulators.polymarket, 'GET', '/__control/stats');
  return member(answer, 'counts') as { readonly sockets: number; readonly subscriptions: number };
};

const isBook = (token: string) => (frame: Frame) =>
  frame['event_type'] === 'book' && frame['asset_id'] === token;

describe('/v1/ws/market', () => {
  test("a client of Polymarket's gets a whole book, then every change in order, and PONG for PING", async () => {
    const { yes, no, condition } = await openMarket(program.file);
    await setAsk(yes, '0.6', 1);
    const socket = await open('market');
    socket.send({ type: 'market', assets_ids: [yes] });
    const book = await socket.frame(isBook(yes));
    expect(book).toMatchObject({ market: condition, bids: [], asks: [{ price: '0.6', size: '1' }] });
    expect(book['hash']).toMatch(/^[0-9a-f]{40}$/);
    for (let size = 2; size <= 30; size += 1) await setAsk(yes, '0.6', size);
    await socket.frame(() => changedSizes(socket, yes).at(-1) === 30);
    expect(changedSizes(socket, yes)).toEqual(Array.from({ length: 29 }, (_, index) => index + 2));
    expect(socket.frames().some(isBook(no))).toBe(false);
    socket.send('PING');
    expect(await socket.text((text) => text === 'PONG')).toBe('PONG');
  });

  test('many clients of one market share one subscription to the venue, which ends with the last', async () => {
    const { yes } = await openMarket(program.file, ({ minimum_tick_size }) => minimum_tick_size === 0.001);
    // Those of earlier tests end when their last client has gone.
    await expect.poll(async () => (await venueCounts()).sockets, { timeout: 20_000 }).toBe(0);
    const clients = await Promise.all(Array.from({ length: 12 }, () => open('market')));
    for (const client of clients) client.send({ type: 'market', assets_ids: [yes] });
    await Promise.all(clients.map((client) => client.frame(isBook(yes))));
    expect((await venueCounts()).sockets).toBe(1);
    await Promise.all(clients.map((client) => client.close()));
    await expect.poll(async () => (await venueCounts()).sockets, { timeout: 20_000 }).toBe(0);
  });

  test('an unsubscribed token is heard no more, another one still is', async () => {
    const [first, second] = await twoMarkets();
    const socket = await open('market');
    socket.send({ type: 'market', assets_ids: [first, second] });
    await Promise.all([socket.frame(isBook(first)), socket.frame(isBook(second))]);
    socket.send({ operation: 'unsubscribe', assets_ids: [first] });
    await socket.settle();
    await setAsk(first, '0.9', 77);
    await setAsk(second, '0.9', 78);
    await socket.frame(() => changedSizes(socket, second).includes(78));
    expect(changedSizes(socket, first)).not.toContain(77);
    socket.send({ operation: 'subscribe', assets_ids: [first] });
    await socket.frame((frame) => isBook(first)(frame) && JSON.stringify(frame['asks']).includes('"77"'));
  });

  test('when the venue drops the connection, clients get a fresh book and go on', async () => {
    const { yes } = await openMarket(program.file);
    const socket = await open('market');
    socket.send({ type: 'market', assets_ids: [yes] });
    await socket.frame(isBook(yes));
    const fault = { method: 'GET', path: '/ws/market', kind: 'status', status: 503, times: 2 };
    const control = `${program.file.emulators.polymarket}/__control`;
    await fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify(fault) });
    await fetch(`${control}/drop-sockets`, { method: 'POST' });
    await setAsk(yes, '0.7', 4321);
    await socket.frame((frame) => isBook(yes)(frame) && JSON.stringify(frame['asks']).includes('"4321"'));
    await setAsk(yes, '0.7', 4322);
    await socket.frame(() => changedSizes(socket, yes).includes(4322));
  });

  test('best_bid_ask comes only to who asked for it', async () => {
    const { yes } = await openMarket(program.file);
    const [plain, custom] = [await open('market'), await open('market')];
    plain.send({ type: 'market', assets_ids: [yes] });
    custom.send({ type: 'market', assets_ids: [yes], custom_feature_enabled: true });
    await Promise.all([plain.frame(isBook(yes)), custom.frame(isBook(yes))]);
    await setAsk(yes, '0.55', 5);
    await custom.frame((frame) => frame['event_type'] === 'best_bid_ask' && frame['best_ask'] === '0.55');
    await plain.frame(() => changedSizes(plain, yes).includes(5));
    expect(plain.frames().some((frame) => frame['event_type'] === 'best_bid_ask')).toBe(false);
  });

  test('an unknown token is told, and does not end the connection', async () => {
    const { yes } = await openMarket(program.file);
    const socket = await open('market');
    socket.send({ type: 'market', assets_ids: ['12345', yes] });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    await socket.frame(isBook(yes));
  });
});

async function twoMarkets(): Promise<readonly [string, string]> {
  const found = (await markets(program.file)).filter(
    (market) => market.accepting_orders && market.minimum_tick_size === 0.01,
  );
  const [first, second] = found.flatMap(({ tokens }) => tokens[0]?.token_id ?? []);
  if (first === undefined || second === undefined) throw new Error('the emulator has too few markets');
  return [first, second];
}

describe('frames that do not fit', () => {
  test.each([
    ['no JSON', '{'],
    ['another channel', '{"type":"trades"}'],
    ['a token that is none', '{"type":"market","assets_ids":["x"]}'],
  ])('%s: an error frame, then 1008', async (_, text) => {
    const socket = await open('market');
    socket.send(text);
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await socket.closed).code).toBe(1008);
  });

  test('an oversized frame: an error frame, then 1009', async () => {
    const socket = await open('market');
    socket.send({ type: 'market', assets_ids: [], padding: 'x'.repeat(20_000) });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect((await socket.closed).code).toBe(1009);
  });

  test('too many frames: an error frame, then 1008', async () => {
    const socket = await open('market');
    for (let count = 0; count < 80; count += 1) socket.send({ action: 'ping' });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
    expect((await socket.closed).code).toBe(1008);
  });
});

describe('/v1/ws/prices', () => {
  test('shows best prices of both outcomes at once and when they change', async () => {
    const { condition, yes, no } = await openMarket(program.file);
    await setBook(program.file, yes, {
      bids: [{ price: '0.40', size: '10' }],
      asks: [{ price: '0.44', size: '10' }],
    });
    const socket = await openWith('prices', await tenantKey());
    socket.send({ action: 'subscribe', markets: [condition] });
    expect(await socket.frame(({ token_id }) => token_id === yes)).toMatchObject({
      type: 'price',
      market_id: condition,
      outcome: 'Yes',
      bid: '0.4',
      ask: '0.44',
      mid: '0.42',
    });
    expect(await socket.frame(({ token_id }) => token_id === no)).toMatchObject({ bid: '0.56', ask: '0.6' });
    await setBook(program.file, yes, { bids: [], asks: [{ price: '0.43', size: '10' }] });
    const changed = await socket.frame((frame) => frame['token_id'] === yes && frame['ask'] === '0.43');
    expect(changed).toMatchObject({ bid: null, mid: null });
    socket.send({ action: 'unsubscribe', markets: [condition] });
    await socket.frame(({ type }) => type === 'unsubscribed');
    const heard = socket.texts.length;
    await setBook(program.file, yes, { bids: [], asks: [{ price: '0.47', size: '10' }] });
    await socket.settle();
    expect(socket.texts.slice(heard).some((text) => text.includes('0.47'))).toBe(false);
  });

  test('the 51st market is refused, whether alone or in one frame, and the connection stays', async () => {
    const { condition } = await openMarket(program.file);
    const all = (await markets(program.file)).map((market) => market.condition_id);
    const made = Array.from({ length: 51 }, (_, index) => `0x${String(index + 1).padStart(64, '0')}`);
    const socket = await openWith('prices', await tenantKey());
    socket.send({ action: 'subscribe', markets: made });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({
      code: 'BATCH_LIMIT_EXCEEDED',
    });
    socket.send({ action: 'subscribe', markets: all });
    await socket.frame(
      (frame) => frame['type'] === 'subscribed' && (frame['markets'] as string[]).length === all.length,
    );
    const refusals = (): number =>
      socket.frames().filter(({ code }) => code === 'BATCH_LIMIT_EXCEEDED').length;
    socket.send({ action: 'subscribe', markets: made.slice(0, 51 - all.length) });
    await socket.frame(() => refusals() === 2);
    await setBook(program.file, (await openMarket(program.file)).yes, {
      bids: [],
      asks: [{ price: '0.91', size: '1' }],
    });
    await socket.frame((frame) => frame['market_id'] === condition && frame['ask'] === '0.91');
  });

  test('an unknown market is told', async () => {
    const socket = await openWith('prices', await tenantKey());
    socket.send({ action: 'subscribe', markets: [`0x${'e'.repeat(64)}`] });
    expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'MARKET_NOT_FOUND' });
    expect(await socket.frame(({ type }) => type === 'subscribed')).toMatchObject({ markets: [] });
  });
});

describe('tokens and caps', () => {
  test('a plain GET gets 426 with a hint', async () => {
    for (const channel of ['market', 'prices', 'executions', 'user']) {
      const answer = await ask(program.file.url, 'GET', `/v1/ws/${channel}`);
      expectRefusal(answer, 426, 'METHOD_NOT_ALLOWED');
      expect(textOf(answer, 'error')).toContain('websocket');
    }
  });

  test.each(['prices', 'executions'])(
    '%s: no token, a wrong one, an expired one, one for another use: 4001',
    async (channel) => {
      const key = new TextEncoder().encode(`ws ${secretOf(program.home, 'l2RootSecret')}`);
      const signed = (audience: string, expiresAt: number): Promise<string> =>
        new SignJWT({ gate: 'x', sub: 'x' })
          .setProtectedHeader({ alg: 'HS256' })
          .setAudience(audience)
          .setExpirationTime(expiresAt)
          .sign(key);
      const now = Math.floor(Date.now() / 1000);
      const tokens = [
        'nonsense',
        await signed('postern-ws', now - 1),
        await signed('postern', now + 60),
        // Well signed, but for a key that does not exist.
        await signed('postern-ws', now + 60),
      ];
      const paths = [channel, ...tokens.map((token) => `${channel}?token=${token}`)];
      const codes = await Promise.all(paths.map(async (path) => (await connect(path).closed).code));
      expect(codes).toEqual([4001, 4001, 4001, 4001, 4001]);
    },
  );

  test('one more than the tier has: 4002; after one closed there is room again, on any channel', async () => {
    const key = await tenantKey({ tier: 'pro' });
    const held = [
      await openWith('prices', key),
      await openWith('executions', key),
      await open('market', { 'x-api-key': key }),
    ];
    expect((await connect(`prices?token=${await wsToken(key)}`).closed).code).toBe(4002);
    const user = await open('user');
    user.send({ type: 'user', auth: { apiKey: key } });
    expect((await user.closed).code).toBe(4002);
    await held[0]?.close();
    await expect
      .poll(async () => settles(`prices?token=${await wsToken(key)}`), { timeout: 20_000 })
      .toBe(true);
  });

  test('a refused socket takes nothing away: 30 refusals later the count is right', async () => {
    const key = await tenantKey({ tier: 'pro' });
    const token = await wsToken(key);
    const opening = Array.from({ length: 33 }, () => connect(`prices?token=${token}`));
    const open3 = await Promise.all(
      opening.map((socket) =>
        Promise.race([
          socket.opened.then(() => socket.settle()).then(() => 'open'),
          socket.closed.then(({ code }) => code),
        ]),
      ),
    );
    expect(open3.filter((result) => result === 'open')).toHaveLength(3);
    expect(open3.filter((result) => result === 4002)).toHaveLength(30);
  });

  test("a revoked key's sockets are closed", async () => {
    const { tenant, keys } = await createTenant(program.file, { keys: 2 });
    const [first, second] = keys;
    const socket = await openWith('executions', first?.raw_key ?? '');
    const other = await openWith('executions', second?.raw_key ?? '');
    await ask(program.file.url, 'DELETE', `/v1/keys/${first?.id}`, {
      headers: { 'x-api-key': second?.raw_key ?? '' },
    });
    expect((await socket.closed).code).toBe(4001);
    await other.settle();
    await operate(program.file, 'PATCH', `/tenants/${tenant}`, { flagged: true });
    expect((await other.closed).code).toBe(4001);
  });
});

/** Whether a socket opens and answers. */
async function settles(path: string): Promise<boolean> {
  const socket = connect(path);
  const result = await Promise.race([
    socket.opened.then(() => socket.settle()).then(() => true),
    socket.closed,
  ]);
  return result === true;
}

describe('own fills and orders', () => {
  const buy = (token: string, cents: bigint, type: PaperOrder['orderType'] = 'GTC'): PaperOrder => ({
    tokenId: token,
    side: 'BUY',
    makerAmount: cents * 100_000n,
    takerAmount: 10_000_000n,
    orderType: type,
  });

  test('executions: a taker fill and a later maker fill, and never those of another tenant', async () => {
    const { yes, condition } = await ownMarket();
    await setAsk(yes, '0.5', 1_000);
    const [own, stranger] = [await tenantKey(), await tenantKey()];
    const [mine, theirs] = [await openWith('executions', own), await openWith('executions', stranger)];
    await postOrder(program.file.url, own, buy(yes, 50n));
    expect(await mine.frame(({ type }) => type === 'fill')).toMatchObject({
      order_id: 1,
      market_id: condition,
      token_id: yes,
      side: 'BUY',
      outcome: 'Yes',
      price: '0.5',
      quantity: '10',
      liquidity: 'TAKER',
    });
    await postOrder(program.file.url, own, buy(yes, 40n));
    await setAsk(yes, '0.4', 1_000);
    expect(await mine.frame(({ liquidity }) => liquidity === 'MAKER')).toMatchObject({
      order_id: 2,
      price: '0.4',
    });
    await postOrder(program.file.url, stranger, buy(yes, 40n));
    await theirs.frame(({ type }) => type === 'fill');
    await mine.settle();
    expect(mine.frames().filter(({ type }) => type === 'fill')).toHaveLength(2);
    expect(theirs.frames().filter(({ type }) => type === 'fill')).toHaveLength(1);
  });

  test("user: a derived triple sees the tenant's events; with a wrong secret or passphrase it is refused", async () => {
    const wallet = Wallet.createRandom();
    const { keys } = await createTenant(program.file, { wallet_address: wallet.address.toLowerCase() });
    const auth = tripleOf(await createL2(program.file.url, wallet));
    const { yes, condition } = await ownMarket();
    await setAsk(yes, '0.5', 1_000);
    const socket = await open('user');
    socket.send({ type: 'user', auth, markets: [condition] });
    await socket.settle();
    const other = tripleOf(await createL2(program.file.url, wallet, { nonce: 1 }));
    for (const wrong of [
      { ...auth, secret: other.secret },
      { ...auth, passphrase: other.passphrase },
      { ...other, apiKey: randomUUID() },
      { apiKey: auth.apiKey },
    ]) {
      const refused = await open('user');
      refused.send({ type: 'user', auth: wrong, markets: [] });
      expect(await refused.frame(({ type }) => type === 'error')).toMatchObject({ code: 'INVALID_KEY' });
      expect((await refused.closed).code).toBe(4001);
    }
    await postOrder(program.file.url, keys[0]?.raw_key ?? '', buy(yes, 50n));
    expect(await socket.frame(({ event_type }) => event_type === 'trade')).toMatchObject({ asset_id: yes });
  });

  test('user: a gateway key as apiKey; placement, trade, cancellation, in order; only the markets asked for', async () => {
    const key = await tenantKey();
    const { yes, condition } = await ownMarket();
    const { yes: other } = await ownMarket();
    // One share at a time: however late the cancel comes, most of the order still rests.
    await setAsk(yes, '0.5', 1);
    await setAsk(other, '0.5', 1_000);
    const socket = await open('user');
    socket.send({ type: 'user', auth: { apiKey: key, secret: '', passphrase: '' }, markets: [condition] });
    await socket.settle();
    await postOrder(program.file.url, key, buy(other, 50n));
    await postOrder(program.file.url, key, buy(yes, 50n));
    await ask(program.file.url, 'DELETE', '/v1/cancel-all', { headers: { 'x-api-key': key } });
    await socket.frame(({ type }) => type === 'CANCELLATION');
    // What the account's alarm may have matched in between is another test's matter.
    const events = socket
      .frames()
      .filter(({ event_type }) => event_type !== undefined)
      .filter(({ type, trader_side }) => type !== 'UPDATE' && trader_side !== 'MAKER');
    expect(events.map(({ event_type, type }) => `${String(event_type)} ${String(type)}`)).toEqual([
      'order PLACEMENT',
      'trade TRADE',
      'order CANCELLATION',
    ]);
    expect(events[0]).toMatchObject({
      asset_id: yes,
      original_size: '10',
      size_matched: '1',
      status: 'LIVE',
    });
    expect(events[1]).toMatchObject({ taker_order_id: '2', size: '1', price: '0.5', trader_side: 'TAKER' });
  });

  test('user: a first frame without credentials ends the connection', async () => {
    const socket = await open('user');
    socket.send({ type: 'user', markets: [] });
    expect((await socket.closed).code).toBe(4001);
  });

  test('fills of orders placed at once arrive each once and in order', async () => {
    const { yes } = await ownMarket();
    await setAsk(yes, '0.5', 1_000);
    const key = await tenantKey();
    const socket = await openWith('executions', key);
    await Promise.all(Array.from({ length: 8 }, () => postOrder(program.file.url, key, buy(yes, 50n))));
    await socket.frame(() => socket.frames().filter(({ type }) => type === 'fill').length === 8);
    const ids = socket.frames().map(({ trade_id }) => trade_id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
