import { failure } from '../../shared/errors/failure.ts';
import { ZERO, type Micro } from '../../shared/money/fixed.ts';
import type { Hex } from '../../shared/signing/checks.ts';
import type { Market, MarketData } from '../../shared/venues/port.ts';
import type { ObjectEnv } from '../bindings.ts';
import { accountObject } from '../rpc/stubs.ts';
import { payoutsOf } from '../../shared/agents/market-payouts.ts';
import type {
  PositionView,
  RedeemRow,
  SessionCaller,
  SessionRecord,
} from '../../shared/agents/session-model.ts';
import type { NameScope } from './names.ts';
import { interrupted } from '../../shared/agents/interrupted-command.ts';
import { isOpen, type Outcome } from './orders.ts';
import type { CtfCommand, CtfReply } from '../trading-account/api.ts';

const NOT_SETTLED = 'The market is not settled yet';

/** Names of the commands that a redemption may send. */
export const redeemNames = (
  { venue }: SessionRecord,
  positions: readonly PositionView[],
  scope: NameScope,
): readonly string[] => (venue === 'paper' ? [scope('redeem')] : conditionsOf(positions).map(scope));

/** Redeems positions that a session holds. `replayed` where one of its commands had been done before. */
export function redeemPositions(
  env: ObjectEnv,
  data: MarketData,
  session: SessionRecord,
  caller: SessionCaller,
  positions: readonly PositionView[],
  scope: NameScope,
): Promise<Outcome<readonly RedeemRow[]>> {
  return session.venue === 'paper'
    ? onPaper(env, session, positions, scope('redeem'))
    : onChain({ env, data, session, caller, scope }, positions);
}

async function onPaper(
  env: ObjectEnv,
  { id, account }: SessionRecord,
  positions: readonly PositionView[],
  name: string,
): Promise<Outcome<readonly RedeemRow[]>> {
  const tokens = positions.map(({ token }) => token);
  const redeemed = await accountObject(env, account).redeemSessionShares(id, tokens, name);
  if ('ok' in redeemed) return redeemed;
  const paid = new Map(redeemed.rows.map((row) => [row.token, row.paid]));
  const value = positions.map((position): RedeemRow => {
    const row = paid.get(position.token);
    return row
      ? { position, success: true, by: { payout: row.id } }
      : { position, success: false, by: null, skipped: NOT_SETTLED };
  });
  return { ok: true, replayed: redeemed.replayed, value };
}

interface OnChain {
  readonly env: ObjectEnv;
  readonly data: MarketData;
  readonly session: SessionRecord;
  readonly caller: SessionCaller;
  readonly scope: NameScope;
}

const conditionsOf = (positions: readonly PositionView[]): readonly string[] =>
  [...new Set(positions.map(({ condition }) => condition))].toSorted();

/**
 * One transaction for each market. A command that may have been broadcast ends the row of writing: what comes after it
 * is not begun, for whoever does not know one outcome should not go on.
 */
async function onChain(
  chain: OnChain,
  positions: readonly PositionView[],
): Promise<Outcome<readonly RedeemRow[]>> {
  const rows = new Map<string, Omit<RedeemRow, 'position'>>();
  let replayed = false;
  for (const condition of conditionsOf(positions)) {
    const own = positions.filter((position) => position.condition === condition);
    const market = await chain.data.market(condition);
    if (!market.ok || market.value.status !== 'resolved') {
      note(rows, own, { success: false, by: null, skipped: NOT_SETTLED });
      continue;
    }
    const reply = await accountObject(chain.env, chain.session.account)
      .submitCtf(command(chain, market.value, own))
      .catch(interrupted);
    if (!reply.ok && isOpen(reply)) return reply;
    replayed ||= reply.ok && reply.replayed;
    note(rows, own, told(reply));
  }
  const value = positions.map((position): RedeemRow => {
    const row = rows.get(position.token) ?? { success: false, by: null, skipped: NOT_SETTLED };
    return { position, ...row };
  });
  const [first] = value;
  return first ? { ok: true, replayed, value } : failure('INTERNAL_ERROR');
}

function note(
  rows: Map<string, Omit<RedeemRow, 'position'>>,
  positions: readonly PositionView[],
  row: Omit<RedeemRow, 'position'>,
): void {
  for (const { token } of positions) rows.set(token, row);
}

/** A transaction that is not mined yet has a hash and no success; one that was never sent has neither. */
function told(reply: CtfReply): Omit<RedeemRow, 'position'> {
  if (reply.ok) return { success: reply.status === 'confirmed', by: { hash: reply.hash } };
  return { success: false, by: null, skipped: reply.message ?? 'The chain took nothing' };
}

/**
 * On a neg-risk market the session's own shares, by amount. A plain redemption takes all that the wallet has of the
 * market, and pays every session that holds some.
 */
function command(
  { session, caller, scope }: OnChain,
  market: Market,
  own: readonly PositionView[],
): CtfCommand {
  const { tenant, account, keyId, requestId, maxWrites } = caller;
  const name = scope(market.conditionId);
  const payouts = payoutsOf(market) ?? {};
  const [yes, no] = market.outcomes;
  const shares = Object.fromEntries(own.map((position) => [position.token, position.shares]));
  const amountOf = (token = ''): Micro => shares[token] ?? ZERO;
  const mine = Object.fromEntries(
    Object.entries(payouts).filter(([token]) => own.some((position) => position.token === token)),
  );
  return {
    caller: { tenant, account, keyId, requestId },
    work: {
      kind: 'redeem',
      // A market's id is the condition's: 0x and 64 digits.
      conditionId: market.conditionId as Hex,
      ...(market.negRisk && { amounts: [amountOf(yes?.tokenId), amountOf(no?.tokenId)] as const }),
    },
    commandIdentity: { key: name, fingerprint: name },
    maxWrites,
    claim: {
      asker: session.id,
      pays: market.negRisk
        ? { session: session.id, market: market.conditionId, payouts: mine, shares }
        : { market: market.conditionId, payouts },
    },
  };
}

export const isBroadcast = (rows: readonly RedeemRow[]): boolean => rows.some(({ by }) => by !== null);
