import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseMicro } from '../../lib/units.ts';
import { invalidOrder, missingParameters, unreadable } from '../venue-error.ts';
import { parseCount } from '../wire.ts';
import type { OrderTerms } from './records.ts';

/**
 * `CreateOrderV2Request` of kalshi-typescript 3.30.0. Types are checked here, and a wrong one is a body that cannot be
 * read; numbers for `count` and `price` are wrong too, as on the venue. What is missing is told in the venue's words.
 */
const bodySchema = z.object({
  ticker: z.string().max(100).optional(),
  client_order_id: z.string().max(64).optional(),
  side: z.string().optional(),
  count: z.string().max(30).optional(),
  price: z.string().max(30).optional(),
  expiration_time: z.number().int().min(0).max(1e11).nullish(),
  time_in_force: z.string().optional(),
  post_only: z.boolean().nullish(),
  self_trade_prevention_type: z.string().optional(),
  cancel_order_on_pause: z.boolean().nullish(),
  reduce_only: z.boolean().nullish(),
  subaccount: z.number().int().nullish(),
  order_group_id: z.string().nullish(),
  exchange_index: z.number().int().nullish(),
});

const sideSchema = z.enum(['bid', 'ask']);
const timeInForceSchema = z.enum(['good_till_canceled', 'immediate_or_cancel', 'fill_or_kill']);
const selfTradeSchema = z.enum(['taker_at_cross', 'maker']);

/** Letters of a client order id that the venue takes (its FIX page gives the pattern). */
const CLIENT_ID = /^[-\w:+=/]*$/;

type Body = z.infer<typeof bodySchema>;

/** What a create request asks for. @throws 400 in the venue's words. */
export function parseOrder(input: unknown): OrderTerms {
  const parsed = bodySchema.safeParse(input);
  if (!parsed.success) throw unreadable(z.prettifyError(parsed.error));
  const body = parsed.data;
  if (body.ticker === undefined || body.ticker === '') throw missingParameters('ticker');
  refuseUnplayed(body);
  const clientOrderId = body.client_order_id ?? '';
  if (!CLIENT_ID.test(clientOrderId)) throw invalidOrder('invalid client order id');
  return {
    ticker: body.ticker,
    clientOrderId: clientOrderId === '' ? randomUUID() : clientOrderId,
    side: oneOf(sideSchema, body.side, 'side'),
    count: amountOf(body.count, parseCount, 'count'),
    price: amountOf(body.price, parseMicro, 'price'),
    timeInForce: oneOf(timeInForceSchema, body.time_in_force, 'time in force'),
    selfTrade: oneOf(selfTradeSchema, body.self_trade_prevention_type, 'self trade prevention type'),
    postOnly: body.post_only ?? false,
    cancelOnPause: body.cancel_order_on_pause ?? false,
    expirationTime: body.expiration_time ?? undefined,
  };
}

/** Silence would be worse: whoever sends one of these must learn that the emulator does not play it. */
function refuseUnplayed(body: Body): void {
  if (body.reduce_only === true) throw invalidOrder('reduce only is not emulated');
  if ((body.order_group_id ?? '') !== '') throw invalidOrder('order groups are not emulated');
  if ((body.subaccount ?? 0) !== 0) throw invalidOrder('subaccounts are not emulated');
  if (![0, -1].includes(body.exchange_index ?? 0)) throw invalidOrder('invalid exchange index');
}

function oneOf<T>(schema: z.ZodType<T>, value: string | undefined, name: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidOrder(`invalid ${name}`);
  return parsed.data;
}

function amountOf(
  text: string | undefined,
  parse: (text: string) => bigint | undefined,
  name: string,
): bigint {
  const amount = text === undefined ? undefined : parse(text);
  if (amount === undefined || amount <= 0n) throw invalidOrder(`invalid ${name}`);
  return amount;
}
