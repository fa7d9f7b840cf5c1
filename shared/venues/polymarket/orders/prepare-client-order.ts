import { failure } from '../../../errors/failure.ts';
import { exchangeContract } from '../../../signing/polymarket/exchange-contracts.ts';
import { hashOrder } from '../../../signing/polymarket/order-typed-data.ts';
import type { PreparedOrder, VenueResult } from '../../port.ts';
import { signerRefused } from '../../trading/signer-failures.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import type { PolymarketApi } from '../api.ts';
import {
  refuseForeignParty,
  invalidOrder,
  signedMembers,
  termsOf,
  type ClientOrder,
} from './client-order.ts';
import { refuseProtocolV2 } from '../market-data/protocol-version.ts';
import { invalidSignature, orderKey } from './client-signature.ts';
import { MIN_GTD_MS } from '../capabilities.ts';
import { frameOrder, withBuilderHeaders } from './frame-order.ts';
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
  const [market, schema] = await Promise.all([api.markets.marketOf(tokenId), orderSchema(api)]);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  if (!schema.ok) return schema;
  const protocol = await refuseProtocolV2(api, market.value);
  if (protocol) return protocol;
  // The venue's own word, by which its clients know to ask for the version again.
  if (schema.value !== order.schema) return invalidOrder('order_version_mismatch');
  const { negRisk, conditionId, outcomes } = market.value;
  const verifyingContract = exchangeContract(api.chainId, order.schema, negRisk);
  const exchange = { chainId: api.chainId, verifyingContract };
  const hash = hashOrder(order, exchange);
  const key = await orderKey(order, exchange, sent.order.signature);
  if (!key.ok) return key;
  const outcome = outcomes.find((one) => one.tokenId === tokenId);
  if (!outcome) return failure('MARKET_NOT_FOUND');
  const terms = termsOf(order, sent, conditionId, outcome.label);
  if (!terms.ok) return terms;
  const timestamp = await api.seconds();
  // The venue's own words.
  if (terms.value.expiration !== undefined && (terms.value.expiration - timestamp) * 1000 < MIN_GTD_MS)
    return invalidOrder('invalid expiration');
  const { orderType, postOnly, deferExec } = sent;
  // Nothing of the order is changed.
  const framing = { orderType, postOnly, deferExec, timestamp };
  const own = await signer.frameOrder(membersOf(sent), framing);
  if (!own.ok) return signerRefused(own);
  // Told with the headers: asking before would be another call of the vault.
  const who = await signer.identity();
  if (!who.ok) return signerRefused(who);
  const foreign = refuseForeignParty(order, who.identity);
  if (foreign) return foreign;
  // Of a deposit wallet the order names no owner: the signature tells whose key it was.
  if (key.value !== who.identity.address.toLowerCase()) return invalidSignature();
  const { body } = own;
  const headers = await withBuilderHeaders(signer, order.schema, { body, timestamp }, own.headers);
  if (!headers.ok) return headers;
  return frameOrder(api, {
    body,
    headers: headers.value,
    hash,
    terms: terms.value,
    tokenId,
    clientSigned: true,
  });
}

/** The members that were sent, in their order. */
const membersOf = ({ order }: ClientOrder): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries({ ...order }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
