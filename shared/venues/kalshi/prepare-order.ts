import { failure, invalidMember, type Failure } from '../../errors/failure.ts';
import { formatMicro, SCALE } from '../../money/fixed.ts';
import { refuseTerms } from '../port/capabilities.ts';
import type { OrderTerms, PreparedCancel, PreparedOrder, VenueResult } from '../port.ts';
import { signerRefused } from '../trading/signer-failures.ts';
import type { KalshiSigner } from '../port/signer.ts';
import type { KalshiApi, KalshiTerms } from './api.ts';
import { kalshiCapabilities } from './capabilities.ts';
import { COUNT_STEP, marketTerms } from './market.ts';
import { outcomeNamed, toBook } from './outcome-view.ts';

const ORDERS = '/portfolio/events/orders';
/** Letters and length of a client order id that the venue takes. */
const CLIENT_ID = /^[-\w:+=/]{1,64}$/;
const TIME_IN_FORCE = { gtc: 'good_till_canceled', ioc: 'immediate_or_cancel' } as const;

/** Checks, converts, signs and frames one order: see `TradingVenue.prepare`. */
export async function prepareOrder(
  api: KalshiApi,
  terms: OrderTerms,
  signer: KalshiSigner,
): Promise<VenueResult<PreparedOrder>> {
  const refused = refuseTerms(kalshiCapabilities, terms, await api.endpoint.venueTime());
  if (refused) return refused;
  const { marketId, price, size, type, postOnly, clientOrderId } = terms;
  // `refuseTerms` has said so already; here the compiler learns it.
  if (type !== 'gtc' && type !== 'ioc') return failure('NOT_SUPPORTED');
  if (clientOrderId === undefined || !CLIENT_ID.test(clientOrderId)) {
    return invalidMember('params.client_order_id', 'must be 1 to 64 letters, digits or -_:+=/');
  }
  const outcome = outcomeNamed(terms.outcome);
  if (!outcome) return invalidMember('outcome', 'is no outcome of this market');
  const market = await marketTerms(api, marketId);
  if (!market.ok) return market;
  const numbers = refuseNumbers(terms, market.value);
  if (numbers) return numbers;
  const order = toBook({ outcome, side: terms.side, price });
  const body = JSON.stringify({
    ticker: marketId,
    client_order_id: clientOrderId,
    side: order.side,
    count: formatMicro(size, 2),
    price: formatMicro(order.price, 4),
    time_in_force: TIME_IN_FORCE[type],
    // The one that leaves what rests as it is.
    self_trade_prevention_type: 'taker_at_cross',
    ...(postOnly && { post_only: true }),
  });
  const headers = await api.headers(signer, 'POST', ORDERS);
  if (!headers.ok) return signerRefused(headers);
  return {
    ok: true,
    value: {
      venue: 'kalshi',
      kind: 'place',
      request: {
        method: 'POST',
        url: `${api.endpoint.baseUrl}${ORDERS}`,
        headers: { 'content-type': 'application/json', ...headers.headers },
        body,
      },
      dedupe: { kind: 'client-order-id', value: clientOrderId },
      terms: { ...terms, outcome },
    },
  };
}

/** Prices and sizes that the market does not take are refused, never rounded. */
function refuseNumbers({ price, size }: OrderTerms, { tick, open }: KalshiTerms): Failure | undefined {
  if (!open) return failure('MARKET_CLOSED');
  if (price < tick || price > SCALE - tick || price % tick !== 0n)
    return failure('INVALID_ORDER_MIN_TICK_SIZE');
  if (size <= 0n || size % COUNT_STEP !== 0n)
    return invalidMember('size', 'must be positive with at most 2 decimals');
  return undefined;
}

export async function prepareCancel(
  api: KalshiApi,
  orderId: string,
  signer: KalshiSigner,
): Promise<VenueResult<PreparedCancel>> {
  if (!isOrderId(orderId)) return failure('ORDER_NOT_FOUND');
  const path = `${ORDERS}/${orderId}`;
  const headers = await api.headers(signer, 'DELETE', path);
  if (!headers.ok) return signerRefused(headers);
  const url = `${api.endpoint.baseUrl}${path}`;
  return {
    ok: true,
    value: {
      venue: 'kalshi',
      kind: 'cancel',
      orderId,
      request: { method: 'DELETE', url, headers: { ...headers.headers }, body: '' },
    },
  };
}

/** Ids go into a path and a signature. */
export const isOrderId = (text: string): boolean => /^[A-Za-z0-9-]{1,64}$/.test(text);
