import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { add, formatFixed, formatMicro, sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import type { Book, Market } from '../../../shared/venues/port.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { NewOrder, Order, OrderRequest, OrderStatus, Position, Trade } from '../ledger/model.ts';
import { checkAgainstMarket, type CheckedOrder } from './market-rules.ts';
import { takerFee } from './paper-fee.ts';
import { hold, reserveFor } from './order-reserve.ts';
import { settleFills } from './settle-fills.ts';
import { spendOnBook, walkBook, type Walk } from './walk-book.ts';
import { rests } from '../../../shared/venues/port/order-rests.ts';

/** A placed order with the execution it began with, if any. */
export interface Placed {
  readonly ok: true;
  readonly order: Order;
  readonly trade?: Trade;
  /** Best price of the book that the order met. */
  readonly best?: Micro;
  /** Free cash and the token's position right after. */
  readonly cash: Micro;
  readonly position?: Position;
}

/**
 * Places one order on the paper venue, at once: takes what the book offers within the limit, rests the
 * remainder of GTC and GTD. Must run inside one transaction. Contract: clob, "Paper execution".
 */
export function placeOrder(
  ledger: Ledger,
  request: OrderRequest,
  market: Market,
  book: Book,
  now: number,
): Placed | Failure {
  const checked = checkAgainstMarket(request, market, now);
  if (!checked.ok) return checked;
  const naked = lacksShares(ledger, request);
  if (naked) return naked;
  const { price } = checked;
  const walk =
    request.budget === undefined
      ? walkBook(book, request.side, request.size, price)
      : spendOnBook(book, request.budget, price);
  if (request.postOnly && walk.shares > 0n) {
    return failure('INVALID_ORDER_PAYLOAD', { message: 'invalid post-only order: order crosses book' });
  }
  if (request.timeInForce === 'FOK' && !isWhole(request, walk)) {
    return request.kind === 'market'
      ? failure('FOK_ORDER_NOT_FILLED_ERROR')
      : ended(ledger, request, checked, market, now);
  }
  const size = request.budget === undefined ? request.size : walk.shares;
  if (size === 0n) return failure('FOK_ORDER_NOT_FILLED_ERROR');
  const remainder = rests(request.timeInForce) ? sub(size, walk.shares) : ZERO;
  const reserved = reserveFor(request.side, remainder, price);
  const fee = takerFee(walk.fills, market);
  const short = lacksCash(ledger, request, walk, fee, reserved);
  if (short) return short;
  const order = ledger.insertOrder({
    ...identity(request, market, checked.outcome.label, now),
    price,
    size,
    filled: walk.shares,
    reserved,
    status: statusOf(size, walk.shares, remainder),
  });
  reach('account/place/order-written');
  const execution = { shares: walk.shares, notional: walk.notional, fee, role: 'TAKER' as const };
  const trade = walk.shares > 0n ? settleFills(ledger, order, execution, now) : undefined;
  if (trade && request.session !== undefined) bookForSession(ledger, request.session, trade);
  hold(ledger, order, reserved);
  return { ...placed(ledger, order), ...(trade && { trade }), ...bestOf(walk) };
}

function placed(ledger: Ledger, order: Order): Placed {
  const position = ledger.position(order.token);
  return { ok: true, order, cash: ledger.requireMoney().cash, ...(position && { position }) };
}

const bestOf = ({ fills: [first] }: Walk): { readonly best?: Micro } => (first ? { best: first.price } : {});

const identity = (
  request: OrderRequest,
  market: Market,
  outcome: string,
  now: number,
): Omit<NewOrder, 'price' | 'size' | 'filled' | 'reserved' | 'status'> => ({
  token: request.tokenId,
  market: market.conditionId,
  outcome,
  side: request.side,
  tif: request.timeInForce,
  kind: request.kind,
  clientOrderId: request.clientOrderId ?? null,
  expiresAt: request.expiresAt ?? null,
  owner: request.owner,
  maker: request.maker,
  createdAt: now,
  updatedAt: now,
});

function statusOf(size: Micro, filled: Micro, remainder: Micro): OrderStatus {
  if (remainder > 0n) return 'open';
  return filled === size ? 'filled' : 'cancelled';
}

/** Books what a session has traded in its own part of the wallet. */
function bookForSession(ledger: Ledger, session: number, trade: Trade): void {
  const { shares, notional, fee } = trade;
  if (trade.side === 'BUY') ledger.allocations.bought(session, trade, shares, notional, fee);
  else ledger.allocations.disposed(session, trade, shares, notional, fee);
}

/** Whether a FOK order gets all it asked for: its shares, or shares for its whole budget. */
const isWhole = (request: OrderRequest, walk: Walk): boolean =>
  request.budget === undefined ? walk.shares === request.size : walk.exhausted !== true;

/** A FOK limit order that finds too little: accepted, and over (contract: errors and limits, decided). */
function ended(
  ledger: Ledger,
  request: OrderRequest,
  checked: Extract<CheckedOrder, { ok: true }>,
  market: Market,
  now: number,
): Placed {
  const order = ledger.insertOrder({
    ...identity(request, market, checked.outcome.label, now),
    price: checked.price,
    size: request.size,
    filled: ZERO,
    reserved: ZERO,
    status: 'cancelled',
  });
  return placed(ledger, order);
}

/** No naked shorts, whatever the book offers: a SELL needs its free shares first. */
function lacksShares(ledger: Ledger, { side, tokenId, size, session }: OrderRequest): Failure | undefined {
  if (side === 'BUY') return undefined;
  const free = ledger.sellable(tokenId, session);
  if (size <= free) return undefined;
  return failure('INSUFFICIENT_POSITION', {
    message: `Position of ${formatMicro(free)} free shares insufficient to sell ${formatMicro(size)}`,
  });
}

function lacksCash(
  ledger: Ledger,
  request: OrderRequest,
  walk: Walk,
  fee: Micro,
  reserved: Micro,
): Failure | undefined {
  if (request.side === 'SELL') return undefined;
  const cost = add(add(walk.notional, fee), reserved);
  const cash = ledger.spendable(request.session);
  if (cost <= cash) return undefined;
  const [balance, price] = [formatFixed(cash, 2), formatFixed(cost, 2)];
  return failure('INSUFFICIENT_BALANCE', {
    message: `Account balance $${balance} insufficient for order cost $${price}`,
  });
}
