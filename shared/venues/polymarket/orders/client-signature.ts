import { recoverAddress } from 'viem/utils';
import type { Failure } from '../../../errors/failure.ts';
import { isSessionSignature, ownerWhoSigned } from '../../../signing/polymarket/contract-wallet-signature.ts';
import {
  hashOrder,
  type ExchangeContract,
  type Order,
} from '../../../signing/polymarket/order-typed-data.ts';
import type { Found } from '../../port.ts';
import { invalidOrder } from './client-order.ts';

/**
 * Lower-case address whose key signed an order: its signer, or for a deposit wallet (type 3) the owner that the
 * signature proves, which the account must be. INVALID_ORDER_PAYLOAD for any other signature.
 */
export async function orderKey(
  order: Order,
  exchange: ExchangeContract,
  signature: string,
): Promise<Found<string>> {
  if (order.schema === 2 && order.signatureType === 3) {
    if (isSessionSignature(signature)) return sessionKey();
    const owner = await ownerWhoSigned(order, exchange, signature);
    return owner === undefined ? invalidSignature() : { ok: true, value: owner };
  }
  const signer = await recovered(hashOrder(order, exchange), signature);
  return signer === order.signer.toLowerCase() ? { ok: true, value: signer } : invalidSignature();
}

export const invalidSignature = (): Failure => invalidOrder('invalid signature');

const sessionKey = (): Failure =>
  invalidOrder('signed by a session key, which is not supported: sign as the owner of the deposit wallet');

async function recovered(hash: `0x${string}`, signature: string): Promise<string | undefined> {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return undefined;
  try {
    return (await recoverAddress({ hash, signature: `0x${signature.slice(2)}` })).toLowerCase();
  } catch {
    return undefined;
  }
}
