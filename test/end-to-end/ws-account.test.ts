import { randomUUID } from 'node:crypto';
import { Wallet } from 'ethers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { postOrder, type PaperOrder } from '../support/paper-orders.ts';
import { createTenant } from '../support/tenants.ts';
import { ask } from './support/ask.ts';
import { createL2, tripleOf } from './support/sign-in.ts';
import { SocketStage } from './support/socket-stage.ts';

let stage: SocketStage;
beforeAll(async () => {
  stage = await SocketStage.start();
});
afterAll(() => stage.stop());
afterEach(() => stage.closeAll());

/** Markets of their own for tests that trade: paper accounts see books that are up to 250 ms old. */
const used = new Set<string>();
async function ownMarket(): Promise<{ readonly condition: string; readonly yes: string }> {
  const market = await openMarket(
    stage.file,
    ({ condition_id, minimum_tick_size, neg_risk }) =>
      minimum_tick_size === 0.01 && !neg_risk && !used.has(condition_id),
  );
  used.add(market.condition);
  return market;
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
    await stage.setAsk(yes, '0.5', 1_000);
    const [own, stranger] = [await stage.tenantKey(), await stage.tenantKey()];
    const [mine, theirs] = [
      await stage.openWith('executions', own),
      await stage.openWith('executions', stranger),
    ];
    await postOrder(stage.file.url, own, buy(yes, 50n));
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
    await postOrder(stage.file.url, own, buy(yes, 40n));
    await stage.setAsk(yes, '0.4', 1_000);
    expect(await mine.frame(({ liquidity }) => liquidity === 'MAKER')).toMatchObject({
      order_id: 2,
      price: '0.4',
    });
    await postOrder(stage.file.url, stranger, buy(yes, 40n));
    await theirs.frame(({ type }) => type === 'fill');
    await mine.settle();
    expect(mine.frames().filter(({ type }) => type === 'fill')).toHaveLength(2);
    expect(theirs.frames().filter(({ type }) => type === 'fill')).toHaveLength(1);
  });

  test("user: a derived triple sees the tenant's events; with a wrong secret or passphrase it is refused", async () => {
    const wallet = Wallet.createRandom();
    const { keys } = await createTenant(stage.file, { wallet_address: wallet.address.toLowerCase() });
    const auth = tripleOf(await createL2(stage.file.url, wallet));
    const { yes, condition } = await ownMarket();
    await stage.setAsk(yes, '0.5', 1_000);
    const socket = await stage.open('user');
    socket.send({ type: 'user', auth, markets: [condition] });
    await socket.settle();
    const other = tripleOf(await createL2(stage.file.url, wallet, { nonce: 1 }));
    for (const wrong of [
      { ...auth, secret: other.secret },
      { ...auth, passphrase: other.passphrase },
      { ...other, apiKey: randomUUID() },
      { apiKey: auth.apiKey },
    ]) {
      const refused = await stage.open('user');
      refused.send({ type: 'user', auth: wrong, markets: [] });
      expect(await refused.frame(({ type }) => type === 'error')).toMatchObject({ code: 'INVALID_KEY' });
      expect((await refused.closed).code).toBe(4001);
    }
    await postOrder(stage.file.url, keys[0]?.raw_key ?? '', buy(yes, 50n));
    expect(await socket.frame(({ event_type }) => event_type === 'trade')).toMatchObject({ asset_id: yes });
  });

  test('user: a gateway key as apiKey; placement, trade, cancellation, in order; only the markets asked for', async () => {
    const key = await stage.tenantKey();
    const { yes, condition } = await ownMarket();
    const { yes: other } = await ownMarket();
    // One share at a time: however late the cancel comes, most of the order still rests.
    await stage.setAsk(yes, '0.5', 1);
    await stage.setAsk(other, '0.5', 1_000);
    const socket = await stage.open('user');
    const capitals = `0x${condition.slice(2).toUpperCase()}`;
    const tooMany = Array.from({ length: 51 }, (_, number) => `0x${String(number).padStart(64, '0')}`);
    const auth = { apiKey: key, secret: '', passphrase: '' };
    socket.send({ type: 'user', auth, markets: tooMany });
    await socket.frame(({ code }) => code === 'BATCH_LIMIT_EXCEEDED');
    socket.send({ type: 'user', auth, markets: [capitals] });
    await socket.settle();
    await postOrder(stage.file.url, key, buy(other, 50n));
    await postOrder(stage.file.url, key, buy(yes, 50n));
    await ask(stage.file.url, 'DELETE', '/v1/cancel-all', { headers: { 'x-api-key': key } });
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
    // The last market taken away leaves none, not all of them.
    socket.send({ operation: 'unsubscribe', markets: [condition] });
    await socket.settle();
    const before = socket.frames().length;
    await postOrder(stage.file.url, key, buy(other, 50n));
    await socket.settle();
    expect(socket.frames().length).toBe(before + 1);
  });

  test('user: a first frame without credentials ends the connection', async () => {
    const socket = await stage.open('user');
    socket.send({ type: 'user', markets: [] });
    expect((await socket.closed).code).toBe(4001);
  });

  test('fills of orders placed at once arrive each once and in order', async () => {
    const { yes } = await ownMarket();
    await stage.setAsk(yes, '0.5', 1_000);
    const key = await stage.tenantKey();
    const socket = await stage.openWith('executions', key);
    await Promise.all(Array.from({ length: 8 }, () => postOrder(stage.file.url, key, buy(yes, 50n))));
    await socket.frame(() => socket.frames().filter(({ type }) => type === 'fill').length === 8);
    const ids = socket.frames().map(({ trade_id }) => trade_id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
