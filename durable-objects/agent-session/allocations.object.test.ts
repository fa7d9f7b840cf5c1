import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSession, type TestSession } from '../../test/support/agent-sessions.ts';
import { micro, setBook, tradableTokens } from '../../test/support/emulator-control.ts';
import { asMicro, SCALE, type Micro } from '../../shared/money/fixed.ts';
import { accountObject } from '../rpc/stubs.ts';

/** 6 wallets with 40 commands each, four at once. */
const [RUNS, COMMANDS, AT_ONCE] = [6, 40, 4];

const tokens = (await tradableTokens()).filter((token) => token.tick === 10_000n).slice(6, 8);
for (const { id } of tokens)
  await setBook(id, [{ price: '0.48', size: '500000' }], [{ price: '0.50', size: '500000' }]);

/** What a command may come to. The last two are of sizes below a cent, which buy or sell nothing. */
const OUTCOMES: ReadonlySet<string> = new Set([
  'done',
  'INSUFFICIENT_BALANCE',
  'INSUFFICIENT_POSITION',
  'INVALID_QUANTITY',
  'FOK_ORDER_NOT_FILLED_ERROR',
]);

type Who = 'one' | 'other' | 'account';
interface Command {
  readonly who: Who;
  readonly tokenId: string;
  readonly side: 'BUY' | 'SELL';
  /** Dollars of a BUY, shares of a SELL. */
  readonly size: Micro;
}

const commands = fc.array(
  fc.record<Command>({
    who: fc.constantFrom('one', 'other', 'account'),
    tokenId: fc.constantFrom(...tokens.map(({ id }) => id)),
    side: fc.constantFrom('BUY', 'SELL'),
    // Of 100 dollars each: many orders ask for more than there is.
    size: fc.bigInt({ min: 1n, max: 60n * SCALE }).map(asMicro),
  }),
  { minLength: COMMANDS, maxLength: COMMANDS },
);

test('two sessions on one wallet, in parallel: neither sells what the other holds, and together they never have more than it', async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const wallet = crypto.randomUUID();
      const one = await openSession(micro('100'), { wallet });
      const other = await openSession(micro('100'), { wallet });
      // All but a hundred of the account's own money is out of reach: it too runs out.
      await drain(one.account);
      for (let begin = 0; begin < list.length; begin += AT_ONCE) {
        const group = list.slice(begin, begin + AT_ONCE);
        const told = await Promise.all(group.map((command) => apply({ one, other }, command)));
        for (const reason of told) outcomes.set(reason, (outcomes.get(reason) ?? 0) + 1);
        await expectWithin([one, other]);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  // Refused in words, and not by the last line of defence: the tables' CHECKs, which end a command as a fault of ours.
  expect([...outcomes.keys()].filter((reason) => !OUTCOMES.has(reason))).toEqual([]);
  // The test would say nothing if nobody ever ran into a bound, or nobody ever traded.
  expect(outcomes.get('done')).toBeGreaterThan(RUNS * 5);
  expect(outcomes.get('INSUFFICIENT_POSITION')).toBeGreaterThan(RUNS);
  expect(outcomes.get('INSUFFICIENT_BALANCE')).toBeGreaterThan(0);
});

async function drain(account: string): Promise<void> {
  await accountObject(env, account).place({
    orders: [order({ tokenId: tokens[0]?.id ?? '', side: 'BUY', size: micro('97000') }, 'GTC', '0.10')],
    maxWrites: 10,
  });
}

const order = (
  { tokenId, side, size }: Omit<Command, 'who'>,
  timeInForce: 'FOK' | 'GTC' = 'FOK',
  price = side === 'BUY' ? '0.99' : '0.01',
) =>
  ({
    tokenId,
    side,
    timeInForce,
    kind: timeInForce === 'FOK' ? 'market' : 'limit',
    price: micro(price),
    ...(side === 'BUY' && timeInForce === 'FOK' ? { size: micro('1'), budget: size } : { size }),
    postOnly: false,
    priceFromAmounts: false,
    owner: 'account',
    maker: 'account',
  }) as const;

async function apply(
  sessions: Readonly<Record<'one' | 'other', TestSession>>,
  { who, ...asked }: Command,
): Promise<string> {
  if (who === 'account') {
    const placing = await accountObject(env, sessions.one.account).place({
      orders: [order(asked)],
      maxWrites: 50,
    });
    const [outcome] = placing.ok ? placing.outcomes : [placing];
    if (!outcome) return 'nothing';
    return outcome.ok ? 'done' : outcome.reason;
  }
  const { remote, caller } = sessions[who];
  const answer = await remote().marketOrder(asked, { expiresAt: null }, caller);
  return answer.ok ? 'done' : answer.reason;
}

type Row = { owner: string; token: string; side: string; shares: number; notional: number; fee: number };

/** Counts everybody's part again from the trades alone, by who ordered them, and compares it with the wallet. */
async function expectWithin(sessions: readonly TestSession[]): Promise<void> {
  const [first] = sessions;
  await runInDurableObject(env.TRADING_ACCOUNT.getByName(first?.account ?? ''), (_, { storage: { sql } }) => {
    const rows = sql
      .exec<Row>('SELECT orders.owner, trades.* FROM trades JOIN orders ON orders.id = trades.order_id')
      .toArray();
    const sum = (list: readonly Row[], of: (row: Row) => number): number =>
      list.reduce((total, row) => total + of(row) * (row.side === 'BUY' ? 1 : -1), 0);
    const { cash } = sql.exec<{ cash: number }>('SELECT cash FROM account').one();
    let allocated = 0;
    const held = new Map<string, number>();
    for (const { caller, id } of sessions) {
      const own = rows.filter(({ owner }) => owner === caller.keyId);
      const fees = own.reduce((total, { fee }) => total + fee, 0);
      const left = 100_000_000 - sum(own, ({ notional }) => notional) - fees;
      expect(left).toBeGreaterThanOrEqual(0);
      const book = sql.exec<{ cash: number }>('SELECT cash FROM allocations WHERE session = ?', id).one();
      expect(book.cash).toBe(left);
      allocated += left;
      for (const { id: token } of tokens) {
        const shares = sum(
          own.filter((row) => row.token === token),
          (row) => row.shares,
        );
        expect(shares, 'sold what it did not hold').toBeGreaterThanOrEqual(0);
        held.set(token, (held.get(token) ?? 0) + shares);
      }
    }
    expect(allocated).toBeLessThanOrEqual(cash);
    for (const [token, shares] of held) {
      const [position] = sql
        .exec<{ shares: number; reserved: number }>(
          'SELECT shares, reserved FROM positions WHERE token = ?',
          token,
        )
        .toArray();
      expect(shares).toBeLessThanOrEqual((position?.shares ?? 0) - (position?.reserved ?? 0));
    }
  });
}

test('an account has 50 sessions at most: one more is refused, and takes nothing', async () => {
  const { account, caller } = await openSession(micro('1'));
  const object = accountObject(env, account);
  const refOf = (session: number) => ({ session, venue: 'paper', caller }) as const;
  for (let session = 1_001; session < 1_050; session += 1)
    expect(await object.allocate(refOf(session), micro('1'))).toMatchObject({ ok: true });
  expect(await object.allocate(refOf(2_000), micro('1'))).toMatchObject({ reason: 'SESSION_STATE_CONFLICT' });
  expect(await object.sessionFunds(refOf(2_000))).toBeUndefined();
  await object.deallocate(1_001);
  expect(await object.allocate(refOf(2_000), micro('9951'))).toMatchObject({ ok: true });
});
