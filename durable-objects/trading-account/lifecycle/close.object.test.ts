import { env } from 'cloudflare:workers';
import { evictDurableObject } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { OrderRequest } from '../ledger/model.ts';

const token = (await tradableTokens()).find((candidate) => candidate.tick === 10_000n);
if (!token) throw new Error('the emulator has no market with a tick of a cent');
beforeAll(() => setBook(token.id, [], [{ price: '0.50', size: '500' }]));

const order: OrderRequest = {
  tokenId: token.id,
  side: 'BUY',
  timeInForce: 'GTC',
  kind: 'limit',
  price: micro('0.1'),
  size: micro('100'),
  postOnly: false,
  priceFromAmounts: false,
  owner: 'test',
  maker: '0xtest',
};

test('a closed account has nothing resting, takes no order and no watcher, and stays so across evictions', async () => {
  const name = `close-${crypto.randomUUID()}`;
  const account = () => accountObject(env, name);
  await account().place({ orders: [order], maxWrites: 10 });
  // An order that is under way while the account closes is refused or cancelled, never left to rest.
  const racing = account().place({ orders: [order], maxWrites: 10 });
  await account().close();
  await racing;
  await evictDurableObject(env.TRADING_ACCOUNT.getByName(name));
  expect(await account().openOrders({}, { limit: 10 })).toEqual([]);
  const refused = { ok: false, reason: 'WALLET_NOT_FOUND' };
  expect(await account().place({ orders: [order], maxWrites: 10 })).toMatchObject(refused);
  expect(await account().watch('hub:0')).toMatchObject(refused);
  await account().close();
});
