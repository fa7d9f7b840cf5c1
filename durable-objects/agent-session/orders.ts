import { failure } from '../../shared/errors/failure.ts';
import { asMicro, mulDiv, ONE, parseMicro, SCALE, ZERO, type Micro } from '../../shared/money/fixed.ts';
import type { VenueFailure, VenueOrder } from '../../shared/venues/port.ts';
import type { ObjectEnv } from '../bindings.ts';
import { accountObject } from '../rpc/stubs.ts';
import type { Executed, SessionCaller, SessionRecord } from '../../shared/agents/session-model.ts';
import type { Quoted } from './quote.ts';
import type { LiveCommand, OrderRequest, CommandIdentity } from '../trading-account/api.ts';

/** What became of a command of the account. `replayed`: it had been done before, under this name. */
export type Outcome<T> = { readonly ok: true; readonly replayed: boolean; readonly value: T } | VenueFailure;

/** Has the account execute a market order, whole or not at all, at most once under its name. */
export function execute(
  env: ObjectEnv,
  session: SessionRecord,
  caller: SessionCaller,
  quoted: Quoted,
  name: string,
): Promise<Outcome<Executed>> {
  // The name says it all: under it there is only ever this order.
  const commandIdentity: CommandIdentity = { key: name, fingerprint: name };
  return session.venue === 'paper'
    ? onPaper(env, session, caller, quoted, commandIdentity)
    : onPolymarket(env, session, caller, quoted, commandIdentity);
}

async function onPaper(
  env: ObjectEnv,
  session: SessionRecord,
  { keyId, maxWrites }: SessionCaller,
  { order: { tokenId, side, size }, worst }: Quoted,
  commandIdentity: CommandIdentity,
): Promise<Outcome<Executed>> {
  const request: OrderRequest = {
    tokenId,
    side,
    timeInForce: 'FOK',
    kind: 'market',
    price: worst,
    ...(side === 'BUY' ? { size: ONE, budget: size } : { size }),
    postOnly: false,
    priceFromAmounts: false,
    session: session.id,
    owner: keyId,
    maker: keyId,
  };
  const placing = await accountObject(env, session.account).place({
    orders: [request],
    commandIdentity,
    maxWrites,
  });
  if (!placing.ok) return placing;
  const [outcome] = placing.outcomes;
  if (!outcome) return failure('INTERNAL_ERROR');
  if (!outcome.ok) return outcome;
  const { order, trade } = outcome;
  if (!trade) return failure('FOK_ORDER_NOT_FILLED_ERROR');
  const { shares, notional: total, id } = trade;
  const value = { ...priced(String(order.id), side, shares, total), hashes: [], trades: [id] };
  return { ok: true, replayed: placing.replayed, value };
}

async function onPolymarket(
  env: ObjectEnv,
  session: SessionRecord,
  { tenant, account, keyId, requestId, maxWrites, builder }: SessionCaller,
  { order: { tokenId, side, size }, market, outcome, worst }: Quoted,
  commandIdentity: CommandIdentity,
): Promise<Outcome<Executed>> {
  const command: LiveCommand = {
    access: {
      venue: 'polymarket',
      caller: { tenant, account, keyId, requestId },
      source: { kind: 'stored' },
      ...(builder && { builder }),
    },
    work: {
      kind: 'place',
      terms: {
        marketId: market.conditionId,
        outcome: outcome.label,
        side,
        price: worst,
        type: 'fok',
        postOnly: false,
        ...(side === 'BUY' ? { size: ONE, budget: size } : { size }),
      },
    },
    commandIdentity,
    maxWrites,
    claim: {
      session: session.id,
      side,
      traded: { token: tokenId, market: market.conditionId, outcome: outcome.label },
      size,
      fee: market,
    },
  };
  const reply = await accountObject(env, session.account).submit(command);
  if (!reply.ok) return reply;
  return { ok: true, replayed: reply.replayed, value: fromVenue(reply.order) };
}

/** What a venue executed. An order that it holds back for a moment has traded nothing yet. */
function fromVenue({ id, side, filled, price, receipt }: VenueOrder): Executed {
  const [making, taking] = [amountOf(receipt?.makingAmount), amountOf(receipt?.takingAmount)];
  const [dollars, shares] = side === 'BUY' ? [making, taking] : [taking, making];
  const total = dollars ?? asMicro(mulDiv(filled, price, SCALE, 'floor'));
  return {
    ...priced(id, side, shares ?? filled, total),
    hashes: receipt?.transactionHashes ?? [],
    trades: [],
  };
}

const amountOf = (text: string | undefined): Micro | undefined =>
  text === undefined || text === '' ? undefined : parseMicro(text);

const priced = (orderId: string, side: Executed['side'], shares: Micro, total: Micro) => ({
  orderId,
  side,
  shares,
  total,
  price: shares > 0n ? asMicro(mulDiv(total, SCALE, shares, 'half-up')) : ZERO,
});

/** Whether a failure leaves open what has happened: then nobody may simply try again. */
export const isOpen = (failed: VenueFailure): boolean =>
  failed.reason === 'PERSISTENCE_UNKNOWN' || failed.reason === 'IDEMPOTENCY_CONFLICT_PENDING';
