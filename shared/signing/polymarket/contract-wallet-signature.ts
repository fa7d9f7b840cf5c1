import { sign } from 'viem/accounts';
import { concat, hashStruct, hashTypedData, recoverAddress, stringToHex } from 'viem/utils';
import type { Hex } from '../checks.ts';
import {
  orderDomain,
  orderMessageV2,
  orderStructHash,
  orderTypes,
  type ExchangeContract,
  type OrderV2,
} from './order-typed-data.ts';

/** ERC-7739's wrapper around an order: the exchange's domain outside, the deposit wallet's own inside. */
const types = {
  TypedDataSign: [
    { name: 'contents', type: 'Order' },
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
    { name: 'salt', type: 'bytes32' },
  ],
  ...orderTypes[2],
} as const;

/** The name and version of the domain in which a deposit wallet signs. */
export const DEPOSIT_WALLET_DOMAIN = { name: 'DepositWallet', version: '1' } as const;

const domainTypes = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ],
} as const;
const NO_SALT = `0x${'0'.repeat(64)}` as const;

/** The Order type as EIP-712 writes it, and its length (186) in two bytes: a wallet reads both from the end. */
const ORDER_TYPE = `Order(${orderTypes[2].Order.map(({ type, name }) => `${type} ${name}`).join(',')})`;
const TYPE_AND_LENGTH = concat([
  stringToHex(ORDER_TYPE),
  `0x${ORDER_TYPE.length.toString(16).padStart(4, '0')}`,
]);

/** Hex digits of the owner's own signature: 65 bytes. */
const INNER_DIGITS = 130;

/** What the owner of a deposit wallet signs for one of its orders. Throws SigningFault. */
export function contractWalletDigest(order: OrderV2, exchange: ExchangeContract): Hex {
  const domain = orderDomain('2', exchange);
  const message = orderMessageV2(order);
  return hashTypedData({
    domain,
    types,
    primaryType: 'TypedDataSign',
    message: {
      contents: message,
      ...DEPOSIT_WALLET_DOMAIN,
      chainId: BigInt(domain.chainId),
      verifyingContract: message.signer,
      salt: NO_SALT,
    },
  });
}

/** What follows the owner's 65 bytes in the signature: domain separator, struct hash, type and its length. */
const trailer = (order: OrderV2, exchange: ExchangeContract): Hex => {
  const domain = orderDomain('2', exchange);
  return concat([
    hashStruct({
      data: { ...domain, chainId: BigInt(domain.chainId) },
      primaryType: 'EIP712Domain',
      types: domainTypes,
    }),
    orderStructHash(order),
    TYPE_AND_LENGTH,
  ]);
};

/**
 * The signature of a deposit wallet's order (type 3): 317 bytes, ERC-7739 nested typed data (polymarket-today 1.2).
 * `privateKey` is the owner's. Rejects with SigningFault.
 */
export async function signForContractWallet(
  privateKey: Hex,
  order: OrderV2,
  exchange: ExchangeContract,
): Promise<Hex> {
  const inner = await sign({ hash: contractWalletDigest(order, exchange), privateKey, to: 'hex' });
  return concat([inner, trailer(order, exchange)]);
}

/**
 * Lower-case address of the owner who signed a deposit wallet's order. Undefined for a signature of another order,
 * another exchange, or none. Whether the wallet is that owner's, only the chain tells.
 */
export async function ownerWhoSigned(
  order: OrderV2,
  exchange: ExchangeContract,
  signature: string,
): Promise<Hex | undefined> {
  const split = 2 + INNER_DIGITS;
  if (!/^0x[0-9a-fA-F]+$/.test(signature)) return undefined;
  if (signature.slice(split).toLowerCase() !== trailer(order, exchange).slice(2)) return undefined;
  try {
    const owner = await recoverAddress({
      hash: contractWalletDigest(order, exchange),
      signature: `0x${signature.slice(2, split)}`,
    });
    return `0x${owner.slice(2).toLowerCase()}`;
  } catch {
    return undefined;
  }
}

/** ERC-6492's suffix, with which Polymarket marks the envelope of a session key's signature. */
const ENVELOPE_SUFFIX = '6492'.repeat(16);

/** Whether a session key signed, which an owner has authorised on the wallet: the gateway takes owners' signatures. */
export const isSessionSignature = (signature: string): boolean =>
  signature.toLowerCase().endsWith(ENVELOPE_SUFFIX);
