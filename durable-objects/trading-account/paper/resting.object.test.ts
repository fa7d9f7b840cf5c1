import { env } from 'cloudflare:workers';
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { clearAlarm, fireAlarm } from '../../../test/support/alarms.ts';
import { injectFault, micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { OrderRequest } from '../ledger/model.ts';

const tokens = (await tradableTokens()).filter((token) => token.tick <= 10_000n).values();
const FAR = [{ price: '0.900', size: '1000' }];

let token: string;
let name: string;

beforeEach(async () => {
  const next = tokens.next();
  if (next.done) throw new Error('the emulator has too few markets for these tests');
  token = next.value.id;
  name = `resting-${crypto.randomUUID()}`;
  await setBook(token, [], FAR);
});

afterEach(resetClock);

const account = () => accountObject(env, name);
const stub = () => env.TRADING_ACCOUNT.getByName(name);
const buy = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  tokenId: token,
  side: 'BUY',
  timeInForce: 'GTC',
  kind: 'limit',
  price: micro('0.4'),
  size: micro('100'),
  postOnly: false,
  priceFromAmounts: false,
  owner: 'test',
  maker: '0xtest',
  ...change,
});
/** Places orders whose alarm rings only when the test says so. */
async function rest(...orders: OrderRequest[]): Promise<void> {
  await account().place({ orders, maxWrites: 10 });
  await clearAlarm(stub());
}
const alarmTime = () => runInDurableObject(stub(), (_, state) => state.storage.getAlarm());

describe('a resting order', () => {
  test('fills at its limit when the book comes to it, by as much as is there, without a fee', async () => {
    await rest(buy());
    await setBook(token, [], [{ price: '0.390', size: '60' }]);
    await fireAlarm(stub());
    expect(await account().order(1)).toMatchObject({
      status: 'open',
      filled: micro('60'),
      reserved: micro('16'),
    });
    const [trade] = await account().trades({}, { limit: 10 });
    expect(trade).toMatchObject({ role: 'MAKER', shares: micro('60'), notional: micro('24'), fee: 0n });
    expect((await account().money()).cash).toBe(micro('9960'));
  });

  test('two orders never share the same liquidity: better price first, then the earlier', async () => {
    await rest(buy({ price: micro('0.4') }), buy({ price: micro('0.45') }), buy({ price: micro('0.45') }));
    await setBook(token, [], [{ price: '0.390', size: '150' }]);
    await fireAlarm(stub());
    const fills = await Promise.all([1, 2, 3].map(async (id) => (await account().order(id))?.filled));
    expect(fills).toEqual([0n, micro('100'), micro('50')]);
  });

  test('the alarm comes back while any rests, and stops when none does', async () => {
    await account().place({ orders: [buy()], maxWrites: 10 });
    // Between its ringing and its coming back there is none: polled, because it may ring at any moment.
    await expect.poll(alarmTime).not.toBeNull();
    await fireAlarm(stub());
    await expect.poll(alarmTime).not.toBeNull();
    await account().cancel({});
    await clearAlarm(stub());
    await fireAlarm(stub());
    expect(await alarmTime()).toBeNull();
  });

  test('is still matched after its object was evicted', async () => {
    await rest(buy());
    await evictDurableObject(stub());
    await setBook(token, [], [{ price: '0.400', size: '100' }]);
    await fireAlarm(stub());
    expect(await account().order(1)).toMatchObject({ status: 'filled' });
  });

  test('survives a venue that gives no books, and is matched later', async () => {
    await rest(buy());
    await setBook(token, [], [{ price: '0.400', size: '100' }]);
    await injectFault({ method: 'POST', path: '/books', kind: 'status', status: 503, times: 3 });
    await fireAlarm(stub());
    expect(await account().order(1)).toMatchObject({ status: 'open' });
    await fireAlarm(stub());
    expect(await account().order(1)).toMatchObject({ status: 'filled' });
  });

  test('GTD ends when its time has come and gives back its reserve, also while the venue is away', async () => {
    const at = moveClock({ kind: 'stand' });
    await rest(buy({ timeInForce: 'GTD', expiresAt: at + 60_000 }));
    moveClock({ kind: 'advance', ms: 60_000 });
    await injectFault({ method: 'POST', path: '/books', kind: 'status', status: 503, times: 3 });
    await fireAlarm(stub());
    expect(await account().order(1)).toMatchObject({ status: 'expired', reserved: 0n });
    expect((await account().money()).cash).toBe(micro('10000'));
  });

  test('running the alarm twice over one book books nothing twice', async () => {
    await rest(buy());
    await setBook(token, [], [{ price: '0.400', size: '100' }]);
    await fireAlarm(stub());
    await fireAlarm(stub());
    expect(await account().trades({}, { limit: 10 })).toHaveLength(1);
  });
});
