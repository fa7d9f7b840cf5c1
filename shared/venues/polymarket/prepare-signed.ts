import { failure } from '../../errors/failure.ts';
import { exchangeContract } from '../../signing/exchange-contracts.ts';
import { hashOrder } from '../../signing/order-typed-data.ts';
import { ORDER_PATH, orderBody } from '../../signing/polymarket-order-body.ts';
import type { PreparedOrder, VenueResult } from '../port.ts';
import { signedOut } from '../signed.ts';
import type { PolymarketSigner } from '../signer.ts';
import type { PolymarketApi } from './api.ts';
import {
  foreignParty,
  invalidOrder,
  isSigned,
  signedMembers,
  termsOf,
  type ClientOrder,
} from './client-order.ts';
import { framed, withBuilder } from './frame.ts';
import { orderSchema } from './schema-version.ts';

/**
 * An order that the client signed itself, ready to go out as it is: only `owner` and headers are the account's. What
 * could not be believed later is refused here: another account's wallet, a signature that is not its own, amounts
 * that are no order. Ticks, balances and the rest are the venue's to judge.
 */
export async function prepareClientOrder(
  api: PolymarketApi,
  sent: ClientOrder,
  signer: PolymarketSigner,
): Promise<VenueResult<PreparedOrder>> {
  const signed = signedMembers(sent.order);
  if (!signed.ok) return signed;
  const order = signed.value;
  const tokenId = order.tokenId.toString();
  const [market, schema, who] = await Promise.all([
    api.markets.marketOf(tokenId),
    orderSchema(api),
    signer.identity(),
  ]);
  if (!who.ok) return signedOut(who);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  if (!schema.ok) return schema;
  // The venue's own word, by which its clients know to ask for the version again.
  if (schema.value !== order.schema) return invalidOrder('order_version_mismatch');
  const foreign = foreignParty(order, who.identity);
  if (foreign) return foreign;
  const { negRisk, conditionId, outcomes } = market.value;
  const verifyingContract = exchangeContract(api.chainId, order.schema, negRisk);
  const hash = hashOrder(order, { chainId: api.chainId, verifyingContract });
  if (!(await isSigned(order, hash, sent.order.signature))) return invalidOrder('invalid signature');
  const outcome = outcomes.find((one) => one.tokenId === tokenId);
  if (!outcome) return failure('MARKET_NOT_FOUND');
  const terms = termsOf(order, sent, conditionId, outcome.label);
  if (!terms.ok) return terms;
  // Nothing of the order is changed.
  const body = orderBody({ ...sent.order }, who.identity.apiKey, sent);
  const timestamp = await api.seconds();
  const own = await signer.l2Headers({ method: 'POST', path: ORDER_PATH, body, timestamp });
  if (!own.ok) return signedOut(own);
  const headers = await withBuilder(signer, order.schema, { body, timestamp }, own.headers);
  if (!headers.ok) return headers;
  return framed(api, {
    body,
    headers: headers.value,
    hash,
    terms: terms.value,
    tokenId,
    clientSigned: true,
  });
}
