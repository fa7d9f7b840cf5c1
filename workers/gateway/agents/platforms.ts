import * as z from 'zod';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { parseMicro, type Micro } from '../../../shared/money/fixed.ts';
import { sessionHeader } from '../http/request-headers.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { valueOrThrow, commandValueOrThrow, sessionOf } from './session-call.ts';
import { toCaptured, toOrderData, toPortfolio, toPositions, toRedeemData } from './views.ts';
import {
  envelope,
  orderData,
  portfolioData,
  positionsData,
  redeemData,
  succeeded,
  suggested,
} from './wire.ts';

/** Whatever else it may be, a text that long is no token id; what is none has no order book. */
const tokenId = z.string().min(1).max(100);
/** As long as the name of a command may be anywhere (`Idempotency-Key`). */
const idempotencyKey = z.string().min(1).max(255);
/** More dollars, or shares, than anybody trades in one order; finer than a millionth is rounded down. */
const MAX_SIZE = 1_000_000;
/** Token ids of one redemption. Each condition is a transaction of its own on chain. */
const MAX_TOKENS = 20;

/**
 * What an agent may do with a key that can only read: suggest, in a manual session. In an auto session the same calls
 * need `trade`, which the session itself asks for.
 */
const auth = { kind: 'key', permission: 'read' } as const;
const shared = { tag: 'agents', auth, headers: [sessionHeader] } as const;

const marketOrder = route({
  ...shared,
  method: 'POST',
  path: '/v1/platforms/polymarket/market-order',
  summary:
    'Buy for so many USD, or sell so many shares, now: executed in auto mode, suggested in manual mode',
  body: z.strictObject({
    tokenId,
    size: z.number().positive().max(MAX_SIZE),
    side: z.enum(['BUY', 'SELL']),
    idempotencyKey: idempotencyKey.optional(),
    expiresAt: z.iso.datetime({ offset: true }).nullish(),
  }),
  reply: { status: 200, schema: envelope(z.union([orderData, suggested])) },
  async handle(call) {
    const { tokenId: token, side, size, idempotencyKey: key, expiresAt } = call.body;
    const { session, caller } = sessionOf(call);
    const order = { tokenId: token, side, size: microOf(size) };
    const until = expiresAt === undefined || expiresAt === null ? null : Date.parse(expiresAt);
    const outcome = await commandValueOrThrow(session.marketOrder(order, { key, expiresAt: until }, caller));
    return succeeded(await toCaptured(outcome, (executed) => toOrderData(caller.account, executed)));
  },
});

const redeem = route({
  ...shared,
  method: 'POST',
  path: '/v1/platforms/polymarket/redeem-positions',
  summary: 'Redeem settled positions of the session; those that are not settled are skipped and say so',
  body: z.strictObject({
    tokenIds: z.array(tokenId).min(1).max(MAX_TOKENS),
    idempotencyKey: idempotencyKey.optional(),
  }),
  reply: { status: 200, schema: envelope(z.union([redeemData, suggested])) },
  async handle(call) {
    const { tokenIds, idempotencyKey: key } = call.body;
    const { session, caller } = sessionOf(call);
    const outcome = await commandValueOrThrow(session.redeem(tokenIds, { key }, caller));
    return succeeded(await toCaptured(outcome, (rows) => toRedeemData(caller.account, rows)));
  },
});

const positions = route({
  ...shared,
  method: 'GET',
  path: '/v1/platforms/polymarket/positions',
  summary: 'Live positions of the session, with their markets',
  reply: { status: 200, schema: envelope(positionsData) },
  async handle(call) {
    const { session, caller } = sessionOf(call);
    return succeeded(toPositions((await valueOrThrow(session.portfolio(caller))).positions));
  },
});

const current = route({
  ...shared,
  method: 'GET',
  path: '/v1/positions/current',
  summary: 'Live positions of the session, and its cash',
  reply: { status: 200, schema: envelope(portfolioData) },
  async handle(call) {
    const { session, caller } = sessionOf(call);
    return succeeded(toPortfolio(await valueOrThrow(session.portfolio(caller))));
  },
});

/**
 * A size as agents compute it, which may be no exact decimal (10 / 3): read to twelve decimals, which hides what
 * floating point adds, and cut to millionths, so that it is never more than was meant.
 */
function microOf(size: number): Micro {
  const [whole = '', fraction = ''] = size.toFixed(12).split('.');
  const micro = parseMicro(`${whole}.${fraction.slice(0, 6)}`);
  if (micro !== undefined && micro > 0n) return micro;
  throw new RequestError(invalidMember('size', 'must be at least a millionth'));
}

export const platformRoutes: readonly AnyRoute[] = [marketOrder, redeem, positions, current];
