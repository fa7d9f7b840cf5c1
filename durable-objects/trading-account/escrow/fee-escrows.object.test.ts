import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { PENDING_FOR_MS, STUCK_AFTER_MS } from '../../../shared/escrow/next-action.ts';
import { stateOf } from '../../../shared/escrow/record.ts';
import { noTerms } from '../../../shared/escrow/terms.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import { clearAlarm } from '../../../test/support/alarms.ts';
import { setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import {
  liveOrders,
  placing,
  polymarketSetup,
  type LiveVenueSetup,
} from '../../../test/support/live-venue-setup.ts';
import { relayedChain } from './relayed-chain.ts';
import { chainSettings } from '../../../shared/chain/chain-settings.ts';
import type { LiveReply } from '../live/model.ts';
import { Escrows } from './fee-escrows.ts';

// The object, its vault, the relayer, the exchange and the chain are the real ones or play them over HTTP. The test
// holds the clock and rings the alarm.

const FEE = 1_000n;
/** 10 shares at 0.10, of which 10 basis points are 1,000 base units. */
const terms = { ...noTerms, enabled: true, feeBps: 10 };
const payer = privateKeyToAccount(generatePrivateKey());

let bench: LiveVenueSetup;
let yes: string;
beforeAll(async () => {
  bench = await polymarketSetup(1);
  yes = (await tradableTokens()).find(({ condition }) => condition === bench.terms.marketId)?.id ?? '';
  await control('fund', { address: payer.address, usdc: '1000000', allowances: { escrow: '1000000' } });
});
afterEach(async () => {
  resetClock();
  await control('mining', { mode: 'auto' });
});

let account: string;
beforeEach(async () => {
  account = `escrow-${crypto.randomUUID()}`;
  await bench.link(account);
  await clearAlarm(stub());
  await setBook(yes, [], [{ price: '0.90', size: '100' }]);
});
const stub = (name = account) => env.TRADING_ACCOUNT.getByName(name);

async function control(path: string, body: object): Promise<void> {
  const request = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${env.CHAIN_RPC_URL}/__control/${path}`, request);
  if (!response.ok) throw new Error(`the chain refused ${path}: ${await response.text()}`);
  await response.body?.cancel();
}

/** An account's escrows and orders, as its object makes them. */
interface Account {
  readonly orderId: Hex;
  /** Once more, as an SDK says it again of its own accord. */
  readonly place: (retry?: boolean) => Promise<LiveReply>;
  readonly cancel: (id: string) => Promise<LiveReply>;
  /** The alarm, as often as something is due. */
  readonly ring: () => Promise<void>;
  readonly ringLive: () => Promise<void>;
  /** State, pulled, distributed, refunded: here and, the sums, at the contract. */
  readonly money: () => Promise<readonly [string, ...bigint[]]>;
  readonly nextLook: () => number;
}

async function authorization(orderId: Hex) {
  const { escrow } = chainSettings(env);
  if (escrow === undefined) throw new Error('no escrow');
  const deadline = 4_000_000_000n;
  const signature = await payer.signTypedData({
    domain: { name: 'ParsecFeeEscrow', version: '1', chainId: 137, verifyingContract: escrow },
    types: {
      PullFee: [
        { name: 'orderId', type: 'bytes32' },
        { name: 'payer', type: 'address' },
        { name: 'feeAmount', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    primaryType: 'PullFee',
    message: { orderId, payer: payer.address, feeAmount: FEE, deadline },
  });
  const by: Hex = `0x${payer.address.slice(2).toLowerCase()}`;
  return { order_id: orderId, payer: by, fee_amount: FEE, deadline, signature };
}

async function withAccount<T>(act: (account: Account) => Promise<T>, name = account): Promise<T> {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const orderId: Hex = `0x${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  const fee = { auth: await authorization(orderId), beside: {}, terms };
  return runInDurableObject(stub(name), (_, { storage }) => {
    const chain = relayedChain(env, {
      scope: { tenant: 'tnt_live', account: name },
      actor: { keyId: 'key', requestId: 'test' },
    });
    const escrows = new Escrows({
      storage,
      chain: () => chain,
      claim: () => Promise.resolve(true),
      order: async (_caller, id) => {
        const found = await bench.session(name).order(id);
        return found.ok ? found.value : undefined;
      },
      contract: () => chainSettings(env).escrow,
      setAlarm: () => Promise.resolve(),
      pullLookMs: 1,
    });
    const live = liveOrders(storage, () => bench.session(name), escrows);
    const usual = placing(bench, name);
    return act({
      orderId,
      place: (sdkRetry = false) =>
        live.submit({
          ...usual,
          commandIdentity: { fingerprint: 'asked', sdkRetry },
          work: { kind: 'place', terms: bench.terms, fee },
        }),
      cancel: (id) =>
        live.submit({
          ...usual,
          commandIdentity: { fingerprint: id },
          work: { kind: 'cancel', orderId: id },
        }),
      ring: async () => {
        for (let turn = 0; turn < 5; turn += 1) await escrows.alarm();
      },
      ringLive: () => live.alarm(),
      money: async () => {
        const record = escrows.row(orderId)?.record;
        const seen = await chain?.escrow(orderId);
        if (!record) return ['none'];
        const { pulled, distributed, refunded } = record;
        const nothing = { pulled: 0n, distributed: 0n, refunded: 0n };
        const { payer: _payer, ...sums } = (seen?.ok === true && seen.value) || { payer: '', ...nothing };
        expect(sums).toEqual({ pulled, distributed, refunded });
        return [stateOf(record), pulled, distributed, refunded];
      },
      nextLook: () => escrows.nextLook(),
    });
  });
}

const later = (ms: number): void => void moveClock({ kind: 'advance', ms });
const idOf = (reply: LiveReply): string => (reply.ok ? reply.order.id : reply.reason);

test('an order that the exchange never names gives its fee back after 10 minutes, not before', async () => {
  await withAccount(async ({ place, ring, money, nextLook }) => {
    await bench.arm({ method: 'POST', path: bench.placePath, kind: 'drop_before' });
    expect(await place()).toMatchObject({ ok: false, reason: 'PERSISTENCE_UNKNOWN' });
    expect(await money()).toEqual(['pulled', FEE, 0n, 0n]);
    later(STUCK_AFTER_MS - 2_000);
    await ring();
    expect(await money()).toEqual(['pulled', FEE, 0n, 0n]);
    later(3_000);
    await ring();
    expect(await money()).toEqual(['refunded', FEE, 0n, FEE]);
    expect(nextLook()).toBe(Number.POSITIVE_INFINITY);
  });
});

test('an order that is found to be absent gives its fee back as soon as that is known', async () => {
  await withAccount(async ({ place, ring, ringLive, money }) => {
    await bench.arm({ method: 'POST', path: bench.placePath, kind: 'drop_before' });
    await place();
    later(61_000);
    await ringLive();
    await ring();
    expect(await money()).toEqual(['refunded', FEE, 0n, FEE]);
  });
});

test('an order whose reply was lost is found, and its fee follows what it filled', async () => {
  await setBook(yes, [], [{ price: '0.10', size: '5' }]);
  await withAccount(async ({ place, cancel, ring, ringLive, money }) => {
    await bench.arm({ method: 'POST', path: bench.placePath, kind: 'drop_after' });
    await place();
    later(5_000);
    await ringLive();
    await ring();
    expect(await money()).toEqual(['pulled', FEE, 500n, 0n]);
    const found = await place(true);
    await cancel(idOf(found));
    await ring();
    expect(await money()).toEqual(['divided', FEE, 500n, 500n]);
  });
});

test('what still rests after 24 hours gives back what is unearned; a later fill earns nothing', async () => {
  await withAccount(async ({ place, ring, money, nextLook }) => {
    expect(await place()).toMatchObject({ ok: true });
    later(PENDING_FOR_MS - 2_000);
    await ring();
    expect(await money()).toEqual(['pulled', FEE, 0n, 0n]);
    later(3_000);
    await ring();
    expect(await money()).toEqual(['refunded', FEE, 0n, FEE]);
    await setBook(yes, [], [{ price: '0.10', size: '10' }]);
    later(60_000);
    await ring();
    expect(await money()).toEqual(['refunded', FEE, 0n, FEE]);
    expect(nextLook()).toBe(Number.POSITIVE_INFINITY);
  });
});

test('a pull that is not mined in time: the order is not sent, and what is pulled later goes back', async () => {
  const before = await bench.orders();
  await control('mining', { mode: 'manual' });
  await withAccount(async ({ place, ring, money }) => {
    expect(await place()).toMatchObject({ ok: false, reason: 'VENUE_UNAVAILABLE' });
    expect(await money()).toEqual(['authorized', 0n, 0n, 0n]);
    await control('mining', { mode: 'auto' });
    later(10_000);
    await ring();
    await ring();
    expect(await money()).toEqual(['refunded', FEE, 0n, FEE]);
    expect(await bench.orders()).toBe(before);
  });
});

test('a pull whose reply was lost is asked after: one pull, and the order goes out', async () => {
  await withAccount(async ({ place, money }) => {
    await control('faults', { path: '/eth_sendRawTransaction', kind: 'drop_after' });
    expect(await place()).toMatchObject({ ok: true });
    expect(await money()).toEqual(['pulled', FEE, 0n, 0n]);
  });
});

test('a chain that is away: nothing is sent, and the same authorization is good afterwards', async () => {
  const before = await bench.orders();
  await withAccount(async ({ place, money }) => {
    await control('faults', { path: '/eth_estimateGas', kind: 'status', status: 500, times: 3 });
    expect(await place()).toMatchObject({ ok: false, reason: 'VENUE_UNAVAILABLE' });
    expect([await money(), await bench.orders()]).toEqual([['none'], before]);
    expect(await place()).toMatchObject({ ok: true });
    expect(await money()).toEqual(['pulled', FEE, 0n, 0n]);
  });
});

test('many accounts at once: the relayer takes each fee once', async () => {
  const orderIds = await Promise.all(
    Array.from({ length: 4 }, async (_, nth) => {
      const name = `${account}-${nth}`;
      await bench.link(name);
      return withAccount(async ({ orderId, place, money }) => {
        expect(await place()).toMatchObject({ ok: true });
        expect(await money()).toEqual(['pulled', FEE, 0n, 0n]);
        return orderId;
      }, name);
    }),
  );
  expect(new Set(orderIds).size).toBe(4);
});
