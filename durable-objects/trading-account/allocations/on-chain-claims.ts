import { failure, invalidMember, type Failure } from '../../../shared/errors/failure.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import type { Market, VenueResult } from '../../../shared/venues/port.ts';
import type { CtfWork } from '../on-chain/model.ts';
import type { AllocationBook } from './allocation-book.ts';
import type { Claims } from './claims.ts';
import type { RedeemClaim } from './claim-model.ts';
import { largerClaim, sessionsCash } from './in-flight-claims.ts';
import { payoutsOf } from '../../../shared/agents/market-payouts.ts';

/** What of the wallet belongs to sessions, and what of it is on its way. */
export interface Allocations {
  readonly book: AllocationBook;
  readonly claims: Claims;
}

type Redeem = Extract<CtfWork, { readonly kind: 'redeem' }>;

/** Whether sessions have shares of a market, or may get some by what is on its way. */
const sessionsHold = ({ book, claims }: Allocations, wallet: string, market: string): boolean =>
  book.sessionsHolding(wallet, market).length > 0 || claims.inFlight.touchesMarket(wallet, market);

/**
 * What a redemption of the account's own pays to sessions: it takes all shares of the market that the wallet has, so
 * everybody who holds some is paid. An amount would take of whose shares nobody can say: refused while sessions have any.
 */
export function redeemClaim(
  parts: Allocations,
  { amounts }: Redeem,
  market: Market,
  wallet: string,
): RedeemClaim | Failure | undefined {
  if (!sessionsHold(parts, wallet, market.conditionId)) return undefined;
  if (amounts !== undefined)
    return invalidMember('amounts', 'sessions hold shares of this market: redeem all');
  const payouts = payoutsOf(market);
  // What the chain pays is told by the market's winner: without it nobody could be paid.
  return payouts
    ? { wallet, market: market.conditionId, payouts }
    : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
}

/** Why a split or merge of the account's own must not be: it would take dollars or shares that sessions have. */
export async function refusedBySessions(
  command: number,
  parts: Allocations,
  { kind, amount }: Exclude<CtfWork, Redeem>,
  { conditionId }: Market,
  wallet: string,
  cash: () => Promise<VenueResult<Micro>>,
): Promise<Failure | undefined> {
  const {
    book,
    claims: { inFlight: onTheWay },
  } = parts;
  if (kind === 'merge') {
    return sessionsHold(parts, wallet, conditionId)
      ? failure('INSUFFICIENT_POSITION', { message: 'Sessions hold shares of this market: sell instead' })
      : undefined;
  }
  const before = sessionsCash(book, onTheWay, wallet);
  if (before === 0n) return undefined;
  // The wallet does not show yet what they take.
  if (onTheWay.accountCommands(wallet, command).open > 0) {
    return failure('VENUE_UNAVAILABLE', {
      message: 'Other commands of the account are on their way: say it again when they have ended',
      retryAfter: 1,
    });
  }
  const whole = await cash();
  if (!whole.ok) return failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
  return amount <= whole.value - largerClaim(before, sessionsCash(book, onTheWay, wallet))
    ? undefined
    : failure('INSUFFICIENT_BALANCE', { message: 'Sessions have the rest of the money' });
}

/** Why a session's commands must not be sent: the vault signs for another wallet now than it has a part of. */
export const walletChanged = (book: AllocationBook, session: number, wallet: string): Failure | undefined =>
  book.wallet(session) === wallet
    ? undefined
    : failure('SESSION_STATE_CONFLICT', {
        message: "The account's wallet is another one than when the session was opened: stop it",
      });
