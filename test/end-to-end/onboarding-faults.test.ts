import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { controlVenue } from '../support/control.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { member, rowsOf, type Answer } from './support/ask.ts';
import { expectRouterRefusal } from './support/builder.ts';
import { newTrader, type Trader } from './support/trader.ts';
import {
  clobAccount,
  kalshiAccount,
  type ClobAccount,
  type KalshiAccount,
} from './support/venue-accounts.ts';

const ONBOARD = '/api/v1/onboard';
const managed = { exchange: 'polymarket', mode: 'managed' };

let program: OwnProgram;
let alice: ClobAccount;
let bob: ClobAccount;
let carol: KalshiAccount;
beforeAll(async () => {
  // Its own program: the venues' faults are its alone.
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
  [alice, bob, carol] = await Promise.all([
    clobAccount(program.file),
    clobAccount(program.file),
    kalshiAccount(program.file),
  ]);
});
afterEach(async () => {
  for (const venue of ['polymarket', 'kalshi'] as const)
    await controlVenue(program.file, 'faults', {}, 'DELETE', venue);
});
afterAll(() => program.stop());

const self = ({ wire, privateKey }: ClobAccount): object => ({
  exchange: 'polymarket',
  mode: 'self',
  ...wire,
  private_key: privateKey,
});
const selfKalshi = (): object => ({ exchange: 'kalshi', mode: 'self', ...carol.wire });

const fault = (venue: 'polymarket' | 'kalshi', members: Readonly<Record<string, unknown>>): Promise<void> =>
  controlVenue(program.file, 'faults', members, 'POST', venue);
const walletOf = (trader: Trader): Promise<Answer> => trader.call('GET', '/api/v1/wallet');
const nothingStored = async (trader: Trader): Promise<void> =>
  expect(member(await walletOf(trader), 'linked_exchanges')).toEqual([]);

function expectAway(answer: Answer): void {
  expectRouterRefusal(answer, 503, 'service_unavailable', 'VENUE_UNAVAILABLE');
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

/** Faults of every try of a read, and of a command, which is tried once. */
const lasting = [
  ['500', { kind: 'status', status: 500 }],
  ['503', { kind: 'status', status: 503 }],
  ['an answer that is no JSON', { kind: 'malformed' }],
  ['a dropped request', { kind: 'drop_before' }],
  ['a dropped reply', { kind: 'drop_after' }],
] as const;

describe.each(lasting)('the venue answers with %s', (_, kind) => {
  const always = { ...kind, times: 10 };

  test('self: 503, nothing stored; the same call later links', async () => {
    for (const [venue, path, body] of [
      ['polymarket', '/auth/ban-status/closed-only', self(alice)],
      ['kalshi', '/portfolio/balance', selfKalshi()],
    ] as const) {
      const trader = await newTrader(program.file);
      await fault(venue, { path, ...always });
      expectAway(await trader.call('POST', ONBOARD, body));
      await nothingStored(trader);
      await controlVenue(program.file, 'faults', {}, 'DELETE', venue);
      const later = await trader.call('POST', ONBOARD, body);
      expect(member(later, 'status'), later.text).toBe('complete');
    }
  });

  test.each(['/auth/derive-api-key', '/auth/ban-status/closed-only'])(
    'managed, at %s: 503; the same call later goes on with the same wallet',
    async (path) => {
      const trader = await newTrader(program.file);
      await fault('polymarket', { path, ...always });
      expectAway(await trader.call('POST', ONBOARD, managed));
      const half = await walletOf(trader);
      expect(half.json).toMatchObject({
        wallet: { managed: true },
        linked_exchanges: [{ exchange: 'polymarket', has_credentials: false }],
      });
      const { eoa_address } = member(half, 'wallet') as { readonly eoa_address: string };
      await controlVenue(program.file, 'faults', {}, 'DELETE', 'polymarket');
      const later = await trader.call('POST', ONBOARD, managed);
      expect(later.json).toMatchObject({
        status: 'complete',
        eoa_address,
        linked_exchanges: ['polymarket'],
      });
    },
  );

  test('ping: 200, not authenticated', async () => {
    const trader = await newTrader(program.file);
    await trader.call('POST', ONBOARD, selfKalshi());
    await fault('kalshi', { path: '/portfolio/balance', ...always });
    const [state] = rowsOf(await trader.call('GET', '/api/v1/ping?exchange=kalshi'));
    expect(state).toMatchObject({ has_credentials: true, authenticated: false });
    expectAway(await trader.call('GET', '/api/v1/balance?exchange=kalshi'));
  });
});

describe('one fault that passes', () => {
  test.each([
    ['500', { kind: 'status', status: 500 }],
    ['429 that says when to come again', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
    ['a dropped reply', { kind: 'drop_after' }],
  ] as const)('%s: a read is said again, and the caller notices nothing', async (_, kind) => {
    const trader = await newTrader(program.file);
    await fault('polymarket', { path: '/auth/ban-status/closed-only', ...kind });
    expect(member(await trader.call('POST', ONBOARD, self(alice)), 'status')).toBe('complete');
  });
});

describe('the creation of a CLOB key, where there is none to derive', () => {
  const noneYet = (): Promise<void> =>
    fault('polymarket', { path: '/auth/derive-api-key', kind: 'status', status: 400 });

  test('creates one', async () => {
    const trader = await newTrader(program.file);
    await noneYet();
    expect(member(await trader.call('POST', ONBOARD, managed), 'status')).toBe('complete');
  });

  test('whose reply is lost is not sent again: the next call derives the key that it made', async () => {
    const trader = await newTrader(program.file);
    await noneYet();
    const before = await keysAtVenue();
    await fault('polymarket', { method: 'POST', path: '/auth/api-key', kind: 'drop_after' });
    expectAway(await trader.call('POST', ONBOARD, managed));
    expect(await keysAtVenue()).toBe(before + 1);
    const { eoa_address } = member(await walletOf(trader), 'wallet') as { readonly eoa_address: string };
    const later = await trader.call('POST', ONBOARD, managed);
    expect(later.json).toMatchObject({ status: 'complete', eoa_address });
    expect(await keysAtVenue()).toBe(before + 1);
  });

  test('that somebody else was faster with: theirs is derived', async () => {
    const trader = await newTrader(program.file);
    await noneYet();
    await fault('polymarket', { method: 'POST', path: '/auth/api-key', kind: 'status', status: 400 });
    expect(member(await trader.call('POST', ONBOARD, managed), 'status')).toBe('complete');
  });
});

/** CLOB keys that the venue has given out. */
async function keysAtVenue(): Promise<number> {
  const response = await fetch(`${program.file.emulators.polymarket}/__control/stats`);
  const { counts } = (await response.json()) as { readonly counts: { readonly api_keys: number } };
  return counts.api_keys;
}

describe('several at once', () => {
  const eight = Array.from({ length: 8 });

  test('managed: one wallet, whoever asks', async () => {
    const trader = await newTrader(program.file);
    const answers = await Promise.all(eight.map(() => trader.call('POST', ONBOARD, managed)));
    expect(answers.map(({ status }) => status)).toEqual(eight.map(() => 200));
    expect(new Set(answers.map((answer) => member(answer, 'eoa_address'))).size).toBe(1);
    const complete = answers.filter((answer) => member(answer, 'status') === 'complete');
    expect(complete).toHaveLength(1);
  });

  test('self with the same credentials: stored once', async () => {
    for (const body of [self(alice), selfKalshi()]) {
      const trader = await newTrader(program.file);
      const answers = await Promise.all(eight.map(() => trader.call('POST', ONBOARD, body)));
      expect(answers.map(({ status }) => status)).toEqual(eight.map(() => 200));
      expect(answers.filter((answer) => member(answer, 'status') === 'complete')).toHaveLength(1);
    }
  });

  test('self and managed: a managed wallet that anybody was told of is never lost', async () => {
    for (let times = 0; times < 5; times += 1) {
      const trader = await newTrader(program.file);
      const [own, made] = await Promise.all([
        trader.call('POST', ONBOARD, self(bob)),
        trader.call('POST', ONBOARD, managed),
      ]);
      const wallet = member(await walletOf(trader), 'wallet') as { readonly eoa_address: string };
      const winner = [own, made].find(({ status }) => status === 200);
      expect(new Set([own.status, made.status])).toEqual(new Set([200, 409]));
      expect(winner && member(winner, 'eoa_address')).toBe(wallet.eoa_address);
    }
  });
});
