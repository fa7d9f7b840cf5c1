import * as z from 'zod';
import { ZERO } from '../../../money/fixed.ts';
import { decimal } from '../../money/venue-decimal.ts';
import { endedStatus, restingStatus } from '../../trading/order-status.ts';
import type { RefusalText, Reply, ReplyParser } from '../../trading/send-once.ts';
import type { PlaceOutcome, PreparedCancel, PreparedOrder, VenueOrder } from '../../port.ts';
import { orderWord } from '../account/status-words.ts';
import type { CancelledMany } from '../account/polymarket-client.ts';
import { isDelayed, isRefusal, refusal, worded } from './refusals.ts';
import { rests } from '../../port/order-rests.ts';

/** Amounts are empty text while nothing matched. */
const amount = z.union([z.literal('').transform(() => ZERO), decimal]).optional();
const placedSchema = z.object({
  orderID: z.string(),
  status: z.string(),
  success: z.boolean(),
  errorMsg: z.string().optional(),
  makingAmount: amount,
  takingAmount: amount,
});
/** The same reply, as it is told on. */
const shortText = z.string().max(100).catch('');
const shortTexts = z.array(z.string().max(100)).max(1_000).catch([]);
const receiptSchema = z
  .object({
    status: z
      .string()
      .transform((status) => orderWord(status)?.toLowerCase())
      .pipe(z.enum(['live', 'matched', 'delayed', 'unmatched'])),
    makingAmount: shortText,
    takingAmount: shortText,
    transactionsHashes: shortTexts,
    tradeIDs: shortTexts,
  })
  .transform(({ transactionsHashes, tradeIDs, ...said }) => ({
    ...said,
    transactionHashes: transactionsHashes,
    tradeIds: tradeIDs,
  }));
const canceledSchema = z.object({
  canceled: z.array(z.string()),
  not_canceled: z.record(z.string(), z.string()),
});
/** How the venue answers `POST /order`. */
export const placeReplies = ({
  terms,
  dedupe,
  tokenId,
  clientSigned,
}: PreparedOrder): ReplyParser<PlaceOutcome> => ({
  accepted({ body }) {
    const parsed = placedSchema.safeParse(body);
    if (!parsed.success) return undefined;
    const { data } = parsed;
    const text = data.errorMsg ?? '';
    const delayed = isDelayed(text) || orderWord(data.status) === 'DELAYED';
    if ((!data.success || text !== '') && !isDelayed(text)) return { tag: 'refused', ...worded(text) };
    // The id is the hash of what was signed; another one is an answer to something else.
    if (data.orderID.toLowerCase() !== dedupe.value.toLowerCase()) return undefined;
    const filled = (terms.side === 'BUY' ? data.takingAmount : data.makingAmount) ?? ZERO;
    const now = Date.now();
    const { marketId, outcome, side, price, size, type } = terms;
    const receipt = receiptSchema.safeParse(body);
    const order: VenueOrder = {
      id: dedupe.value,
      marketId,
      outcome,
      ...(tokenId !== undefined && { tokenId }),
      side,
      price,
      size,
      filled,
      status: delayed ? 'pending' : rests(type) ? restingStatus(size, filled) : endedStatus(terms, filled),
      type,
      createdAt: now,
      updatedAt: now,
      ...(receipt.success && { receipt: receipt.data }),
    };
    return { tag: 'accepted', order };
  },
  refusal: (reply) => (clientSigned === true ? ofClients(refusal(reply)) : refusal(reply)),
  isRefusal,
});

/** What we would sign anew the client must: neither a repeated order nor one of another schema can succeed. */
function ofClients(said: RefusalText): RefusalText {
  const { reason, text: words } = said;
  const outdated = reason === 'VENUE_UNAVAILABLE' && /order_version_mismatch/.test(words);
  return reason === 'DUPLICATE_CLIENT_ORDER_ID' || outdated
    ? { reason: 'INVALID_ORDER_PAYLOAD', text: words }
    : said;
}

const many = ({ body }: Reply): CancelledMany | undefined => {
  const parsed = canceledSchema.safeParse(body);
  return parsed.success
    ? { tag: 'accepted', canceled: parsed.data.canceled, notCanceled: parsed.data.not_canceled }
    : undefined;
};

/** How it answers cancels that name several orders, or none. */
export const cancelManyReplies: ReplyParser<CancelledMany> = {
  accepted: many,
  refusal,
  isRefusal,
};

/** How it answers `DELETE /order`: orders that are not open are named, with 200. */
export const cancelReplies = ({ orderId }: PreparedCancel): ReplyParser<{ readonly tag: 'accepted' }> => ({
  accepted({ body }) {
    const parsed = canceledSchema.safeParse(body);
    if (!parsed.success) return undefined;
    if (parsed.data.canceled.includes(orderId)) return { tag: 'accepted' };
    const text = parsed.data.not_canceled[orderId];
    return text === undefined ? undefined : { tag: 'refused', reason: 'ORDER_NOT_CANCELLABLE', text };
  },
  refusal,
  isRefusal,
});
