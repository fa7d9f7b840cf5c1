import { privateKeyToAddress, sign } from 'viem/accounts';
import { addressBytes, type Hex } from '../checks.ts';
import { SigningFault } from '../signing-fault.ts';
import { signForContractWallet } from './contract-wallet-signature.ts';
import { hashOrder, type Order, type ExchangeContract } from './order-typed-data.ts';
import type { SecretText } from '../secret.ts';
import { readPrivateKey } from '../wallet.ts';

export interface OrderSignature {
  /** 65 bytes: r, low s, v of 27 or 28. Of a deposit wallet 317: see `signForContractWallet`. Deterministic. */
  readonly signature: Hex;
  /** The order's id at the venue. */
  readonly orderHash: Hex;
}

/**
 * Signs a Polymarket order for the exchange that is to settle it (contract: venues, "Orders"). Rejects with
 * SigningFault when a member does not fit, and when the order could not be this wallet's. `known`: the address of the
 * key, where it is known already; finding it out takes as long as the signature.
 */
export async function signOrder(
  privateKey: SecretText,
  order: Order,
  exchange: ExchangeContract,
  known?: string,
): Promise<OrderSignature> {
  const key = readPrivateKey(privateKey);
  checkParties(order, (known ?? privateKeyToAddress(key)).toLowerCase());
  checkTerms(order);
  const orderHash = hashOrder(order, exchange);
  const signature =
    order.schema === 2 && order.signatureType === 3
      ? await signForContractWallet(key, order, exchange)
      : await sign({ hash: orderHash, privateKey: key, to: 'hex' });
  return { signature, orderHash };
}

/** Who may sign for whom: type 0 only for itself, 1 to 3 for the contract that the wallet owns. */
function checkParties(order: Order, wallet: string): void {
  const maker = addressBytes('maker', order.maker);
  const signer = addressBytes('signer', order.signer);
  if (order.signatureType === 3) {
    checkDepositWallet(order, maker, wallet);
    return;
  }
  if (signer !== wallet) throw new SigningFault('signer', 'is not the address of the private key');
  switch (order.signatureType) {
    case 0:
      if (maker !== signer)
        throw new SigningFault('maker', 'is not the signer, which signature type 0 needs');
      return;
    case 1:
    case 2:
      // A proxy or Safe is a contract: it cannot stand at its owner's address, nor at zero.
      if (maker === signer || BigInt(maker) === 0n)
        throw new SigningFault('maker', 'is not a funder, which signature types 1 and 2 need');
      return;
    default:
      throw new SigningFault('signatureType', 'is not 0, 1, 2 or 3');
  }
}

/** A deposit wallet is maker and signer of its orders, and no other address than a contract's. */
function checkDepositWallet({ schema, signer }: Order, maker: string, owner: string): void {
  if (schema !== 2) throw new SigningFault('signatureType', 'is 3, which only schema 2 has');
  if (addressBytes('signer', signer) !== maker)
    throw new SigningFault('signer', 'is not the maker, which signature type 3 needs');
  if (maker === owner || BigInt(maker) === 0n)
    throw new SigningFault('maker', 'is not a deposit wallet, which signature type 3 needs');
}

/** An order that gives something for nothing is never meant. */
function checkTerms(order: Order): void {
  if (order.side !== 'BUY' && order.side !== 'SELL') throw new SigningFault('side', 'is not BUY or SELL');
  if (order.makerAmount === 0n) throw new SigningFault('makerAmount', 'is zero');
  if (order.takerAmount === 0n) throw new SigningFault('takerAmount', 'is zero');
}
