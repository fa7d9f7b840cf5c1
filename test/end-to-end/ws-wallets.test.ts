import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openMarket, setBook } from '../support/markets.ts';
import type { TestSocket } from '../support/socket.ts';
import { operate } from '../support/tenants.ts';
import { ask, expectRefusal, member, textOf } from './support/ask.ts';
import { localToken } from './support/local-token.ts';
import { SocketStage } from './support/socket-stage.ts';
import { marketBuy, newTrader, type Trader } from './support/trader.ts';

let stage: SocketStage;
let condition: string;
beforeAll(async () => {
  stage = await SocketStage.start();
  const market = await openMarket(stage.file);
  condition = market.condition;
  await setBook(stage.file, market.yes, { bids: [], asks: [{ price: '0.50', size: '100000' }] });
});
afterAll(() => stage.stop());
afterEach(() => stage.closeAll());

const keyOf = (trader: Trader): string => trader.keys[0] ?? '';
const newWallet = async (trader: Trader): Promise<string> =>
  String(member(await trader.call('POST', '/v1/me/wallets', {}), 'id'));
/** A fill of so many shares, by which a socket tells whose it shows. */
async function fill(trader: Trader, quantity: string, wallet?: string): Promise<void> {
  const answer = await trader.call('POST', '/v1/orders', {
    ...marketBuy(condition, { quantity }),
    ...(wallet !== undefined && { wallet_id: wallet }),
  });
  expect(answer.status, answer.text).toBe(200);
}
const sizes = (socket: TestSocket): readonly unknown[] =>
  socket
    .frames()
    .filter(({ type }) => type === 'fill' || type === 'TRADE')
    .map((frame) => frame['quantity'] ?? frame['size']);
const shows = (socket: TestSocket, size: string): Promise<unknown> =>
  socket.frame(() => sizes(socket).includes(size));

const signedIn = async (path: string, frame: Readonly<Record<string, unknown>>): Promise<TestSocket> => {
  const socket = await stage.open(path);
  socket.send({ type: 'user', ...frame });
  return socket;
};

describe('a socket of a sandbox wallet', () => {
  test('shows that wallet alone, however it is named; the account shows nothing of it', async () => {
    const trader = await newTrader(stage.file);
    const [key, wallet] = [keyOf(trader), await newWallet(trader)];
    const header = { 'x-postern-wallet': wallet };
    const ofWallet = [
      await stage.open(`executions?token=${await stage.wsToken(key)}&wallet_id=${wallet}`),
      await stage.open(`executions?token=${await stage.wsToken(key)}`, header),
      await stage.open(`executions?token=${await stage.wsToken(key, header)}`),
      await stage.open(`user?token=${await stage.wsToken(key, header)}`),
      await stage.open('user', { ...header, 'x-api-key': key }),
      await signedIn(`user?wallet_id=${wallet}`, { auth: { apiKey: key } }),
      await signedIn('user', { auth: { apiKey: key }, wallet_id: Number(wallet) }),
    ];
    const own = [
      await stage.openWith('executions', key),
      await signedIn('user', { auth: { apiKey: key }, markets: [] }),
    ];
    await Promise.all([...ofWallet, ...own].map((socket) => socket.settle()));
    await fill(trader, '7', wallet);
    await fill(trader, '9');
    await Promise.all([
      ...ofWallet.map((socket) => shows(socket, '7')),
      ...own.map((socket) => shows(socket, '9')),
    ]);
    await Promise.all([...ofWallet, ...own].map((socket) => socket.settle()));
    for (const socket of ofWallet) expect(sizes(socket)).toEqual(['7']);
    for (const socket of own) expect(sizes(socket)).toEqual(['9']);
  });

  test('of another tenant, or of nobody, closes with 4001 and takes no place away', async () => {
    const [owner, stranger] = [await newTrader(stage.file), await newTrader(stage.file, { tier: 'pro' })];
    const wallet = await newWallet(owner);
    const key = keyOf(stranger);
    const token = await stage.wsToken(key);
    for (const name of [wallet, '999', '0', 'x', `acct_${owner.tenant}_w${wallet}`, '9'.repeat(5_000)]) {
      const query = `wallet_id=${encodeURIComponent(name)}`;
      // One after the other: a place is given back a moment after its socket has closed, and the tier has three.
      for (const path of [`executions?token=${token}&${query}`, `user?token=${token}&${query}`])
        expect((await stage.connect(path).closed).code).toBe(4001);
      const late = await signedInOrClosed(`user?${query}`, { auth: { apiKey: key } });
      expect((await late.closed).code).toBe(4001);
    }
    const framed = await signedIn('user', { auth: { apiKey: key }, wallet_id: wallet });
    expect(await framed.frame(({ type }) => type === 'error')).toMatchObject({ code: 'WALLET_NOT_FOUND' });
    expect((await framed.closed).code).toBe(4001);
    for (let place = 1; place <= 3; place += 1)
      await expect.poll(() => stage.settles(`executions?token=${token}`)).toBe(true);
  });

  test('is never guessed: a token for one wallet opens no other, and two names that differ are refused', async () => {
    const trader = await newTrader(stage.file);
    const [key, one, two] = [keyOf(trader), await newWallet(trader), await newWallet(trader)];
    const token = await stage.wsToken(key, { 'x-postern-wallet': one });
    expect((await stage.connect(`executions?token=${token}&wallet_id=${two}`).closed).code).toBe(4001);
    const framed = await signedIn(`user?wallet_id=${one}`, { auth: { apiKey: key }, wallet_id: two });
    expect(await framed.frame(({ type }) => type === 'error')).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await framed.closed).code).toBe(1008);
  });

  test('closes with 4001 when the wallet is deleted; no token opens it again', async () => {
    const trader = await newTrader(stage.file);
    const [key, wallet] = [keyOf(trader), await newWallet(trader)];
    const token = await stage.wsToken(key, { 'x-postern-wallet': wallet });
    const sockets = [
      await stage.open(`executions?token=${token}`),
      await signedIn(`user?wallet_id=${wallet}`, { auth: { apiKey: key } }),
    ];
    const own = await stage.openWith('executions', key);
    await Promise.all([...sockets, own].map((socket) => socket.settle()));
    expect((await trader.call('DELETE', `/v1/me/wallets/${wallet}`)).status).toBe(200);
    for (const socket of sockets) {
      expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({ code: 'WALLET_NOT_FOUND' });
      expect((await socket.closed).code).toBe(4001);
    }
    expect((await stage.connect(`executions?token=${token}`).closed).code).toBe(4001);
    const refused = await trader.call('POST', '/v1/keys/ws-token', undefined, { 'x-postern-wallet': wallet });
    expectRefusal(refused, 404, 'WALLET_NOT_FOUND');
    await own.settle();
  });
});

/** A socket that may be closed before it can say anything. */
async function signedInOrClosed(path: string, frame: Readonly<Record<string, unknown>>): Promise<TestSocket> {
  const socket = stage.connect(path);
  await Promise.race([socket.opened.then(() => socket.send({ type: 'user', ...frame })), socket.closed]);
  return socket;
}

describe('POST /v1/keys/ws-token with a user token', () => {
  test("opens the owner's sockets, counted by the tier, until the tenant is restricted", async () => {
    const owner = randomUUID();
    const trader = await newTrader(stage.file, { owner, tier: 'pro' });
    const headers = { authorization: `Bearer ${await localToken(stage.program.home, { subject: owner })}` };
    const mint = async (): Promise<string> =>
      textOf(await ask(stage.file.url, 'POST', '/v1/keys/ws-token', { headers }), 'token');
    const token = await mint();
    const held = [
      await stage.open(`executions?token=${token}`),
      await stage.open(`prices?token=${token}`),
      await stage.open(`user?token=${await mint()}`),
    ];
    await Promise.all(held.map((socket) => socket.settle()));
    expect((await stage.connect(`prices?token=${token}`).closed).code).toBe(4002);
    await fill(trader, '8');
    await Promise.all([held[0], held[2]].map((socket) => socket && shows(socket, '8')));
    await operate(stage.file, 'PATCH', `/tenants/${trader.tenant}`, { flagged: true });
    for (const socket of held) expect((await socket.closed).code).toBe(4001);
  });

  test('of an owner whom nobody knows is refused', async () => {
    const headers = {
      authorization: `Bearer ${await localToken(stage.program.home, { subject: randomUUID() })}`,
    };
    const answer = await ask(stage.file.url, 'POST', '/v1/keys/ws-token', { headers });
    expectRefusal(answer, 403, 'ACCESS_RESTRICTED');
  });
});
