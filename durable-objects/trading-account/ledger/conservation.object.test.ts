import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMicro, SCALE } from '../../../shared/money/fixed.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { OrderRequest } from './model.ts';
import { tickEmulator, tradableTokens } from '../../../test/support/emulator-control.ts';

/** 25 runs of 400 commands: the 10,000 that the guarantee is stated for. */
const RUNS = 25;
const COMMANDS = 400;
/** The command that a reset takes the place of. */
const RESET_AT = 250;

type Command =
  | { readonly kind: 'place'; readonly order: OrderRequest }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'cancel-all' | 'match' | 'evict' | 'reset' };

const tokens = await tradableTokens();

const order = fc
  .record({
    token: fc.constantFrom(...tokens),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    timeInForce: fc.constantFrom(
      'GTC' as const,
      'GTC' as const,
      'GTD' as const,
      'FOK' as const,
      'FAK' as const,
    ),
    ticks: fc.integer({ min: 1, max: 999 }),
    size: fc.bigInt({ min: 1n, max: 400n * SCALE }),
    postOnly: fc.boolean(),
    lifetimeMs: fc.constantFrom(1, 3_600_000),
  })
  .map(({ token, side, timeInForce, ticks, size, postOnly, lifetimeMs }): Command => {
    const steps = SCALE / token.tick;
    const price = asMicro(token.tick * (1n + (BigInt(ticks) % (steps - 1n))));
    const rests = timeInForce === 'GTC' || timeInForce === 'GTD';
    return {
      kind: 'place',
      order: {
        tokenId: token.id,
        side,
        timeInForce,
        kind: rests ? 'limit' : 'market',
        price,
        size: asMicro(size),
        postOnly: postOnly && rests && ticks % 5 === 0,
        ...(timeInForce === 'GTD' ? { expiresAt: Date.now() + lifetimeMs } : {}),
        priceFromAmounts: false,
        owner: 'test',
        maker: '0xtest',
      },
    };
  });

const command = fc.oneof(
  { weight: 40, arbitrary: order },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('cancel' as const), id: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 3, arbitrary: fc.constant<Command>({ kind: 'match' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ kind: 'cancel-all' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ kind: 'evict' }) },
);

test('nothing is created or lost: to the micro-dollar, over 10,000 random commands, across evictions and a reset', async () => {
  let filled = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: COMMANDS, maxLength: COMMANDS }), async (commands) => {
      const name = `conservation-${crypto.randomUUID()}`;
      for (const [step, next] of commands.entries()) {
        // Once, so that both halves of the way have time to fill.
        await apply(name, step === RESET_AT ? { kind: 'reset' } : next);
        // Every command keeps the account's own equation; the full recount is dearer, so each tenth.
        await expectBalanced(name, step % 10 === 0);
      }
      filled += (await accountObject(env, name).trades({}, { limit: 10_000 })).length;
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  // The test would say nothing if random orders never met the book.
  expect(filled).toBeGreaterThan(RUNS * 20);
});

async function apply(name: string, next: Command): Promise<void> {
  const account = accountObject(env, name);
  const stub = env.TRADING_ACCOUNT.getByName(name);
  switch (next.kind) {
    case 'place':
      await account.place({ orders: [next.order], maxWrites: 10 });
      return;
    case 'cancel':
      await account.cancel({ ids: [next.id] });
      return;
    case 'cancel-all':
      await account.cancel({});
      return;
    case 'reset':
      await runInDurableObject(stub, (instance, { storage: { kv, sql } }) => {
        instance.reset();
        // The recount begins again: these trades stay as history only.
        const { last } = sql.exec<{ last: number }>('SELECT COALESCE(MAX(id), 0) AS last FROM trades').one();
        kv.put('test-reset-at', last);
      });
      return;
    case 'match':
      await tickEmulator(5);
      await runDurableObjectAlarm(stub);
      return;
    case 'evict':
      // Only what runs can be evicted, and an eviction may be the first command.
      await account.money();
      await evictDurableObject(stub);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Counts the account's own tables, at one moment: alarms run beside the test, so reads one after another could
 * tell of different moments. Amounts are whole millionths below 2^53, so plain numbers add up exactly.
 */
async function expectBalanced(name: string, recount: boolean): Promise<void> {
  await runInDurableObject(env.TRADING_ACCOUNT.getByName(name), (instance, { storage: { kv, sql } }) => {
    const [money] = sql.exec<MoneyRow>('SELECT * FROM account').toArray();
    if (!money) throw new Error('the account was never opened');
    const positions = sql.exec<PositionRow>('SELECT * FROM positions').toArray();
    const open = sql.exec<OpenRow>("SELECT side, reserved FROM orders WHERE status = 'open'").toArray();
    const cost = sum(positions.map((row) => row.cost));
    expect(money.cash + money.reserved + money.fees + cost).toBe(money.deposits + money.realised);
    expect(instance.money()).toMatchObject({ cash: BigInt(money.cash), reserved: BigInt(money.reserved) });
    const held = (side: string): number =>
      sum(open.filter((row) => row.side === side).map((row) => row.reserved));
    expect(money.reserved).toBe(held('BUY'));
    expect(sum(positions.map((row) => row.reserved))).toBe(held('SELL'));
    if (!recount) return;
    // The same from the trades alone, by arithmetic that shares nothing with the ledger's.
    const trades = sql
      .exec<TradeRow>(
        'SELECT token, side, shares, notional, fee FROM trades WHERE id > ?',
        kv.get<number>('test-reset-at') ?? 0,
      )
      .toArray();
    const spent = trades.map((row) => (row.side === 'BUY' ? -row.notional : row.notional) - row.fee);
    expect(money.cash + money.reserved).toBe(money.deposits + sum(spent));
    for (const position of positions) {
      const moved = trades.filter((row) => row.token === position.token);
      expect(position.shares).toBe(sum(moved.map((row) => (row.side === 'BUY' ? row.shares : -row.shares))));
    }
  });
}

type MoneyRow = { cash: number; reserved: number; fees: number; deposits: number; realised: number };
type PositionRow = { token: string; shares: number; reserved: number; cost: number };
type OpenRow = { side: string; reserved: number };
type TradeRow = { token: string; side: string; shares: number; notional: number; fee: number };
