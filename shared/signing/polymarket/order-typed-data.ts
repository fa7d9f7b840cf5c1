import { hashStruct, hashTypedData } from 'viem/utils';
import { addressBytes, bytes32, chainNumber, uint256, type Hex } from '../checks.ts';
import { schemaOfContract } from './exchange-contracts.ts';
import { SigningFault } from '../signing-fault.ts';

/**
 * 0: the wallet itself. 1, 2: a proxy or Gnosis Safe that it owns, which is then the maker. 3: a deposit wallet that it
 * owns, which is then maker and signer and checks the owner's signature itself (ERC-1271); of schema 2 only.
 */
export type SignatureType = 0 | 1 | 2 | 3;

interface OrderBase {
  readonly salt: bigint;
  /** Whose tokens and dollars move. */
  readonly maker: string;
  /** Whose key signs; a deposit wallet, for which its owner's key does. */
  readonly signer: string;
  readonly tokenId: bigint;
  /** What the maker gives, 6-decimal integer: micro-dollars on BUY, micro-shares on SELL. */
  readonly makerAmount: bigint;
  /** What the maker gets, likewise: micro-shares on BUY, micro-dollars on SELL. */
  readonly takerAmount: bigint;
  readonly side: 'BUY' | 'SELL';
  readonly signatureType: SignatureType;
}

export interface OrderV1 extends OrderBase {
  readonly schema: 1;
  /** Who alone may fill it; the zero address for anyone. */
  readonly taker: string;
  /** Unix seconds, 0 for never. */
  readonly expiration: bigint;
  readonly nonce: bigint;
  readonly feeRateBps: bigint;
}

export interface OrderV2 extends OrderBase {
  readonly schema: 2;
  /** When it was made, Unix milliseconds: together with the salt it makes the order unique. */
  readonly timestamp: bigint;
  /** 32 bytes of hex. */
  readonly metadata: string;
  /** Builder code, 32 bytes of hex, zeros for none. */
  readonly builder: string;
  /** Sent with the order, never signed: another expiration leaves hash and signature as they are. */
  readonly expiration?: bigint | undefined;
}

export type Order = OrderV1 | OrderV2;

/** Who an order is of: what a credential knows, and nobody else needs to say. */
export type OrderParties = Pick<OrderBase, 'maker' | 'signer' | 'signatureType'>;
/** An order that is nobody's yet. */
export type OrderDraft = Omit<OrderV1, keyof OrderParties> | Omit<OrderV2, keyof OrderParties>;

/** The exchange that an order is for. */
export interface ExchangeContract {
  readonly chainId: number;
  readonly verifyingContract: string;
}

const head = [
  { name: 'salt', type: 'uint256' },
  { name: 'maker', type: 'address' },
  { name: 'signer', type: 'address' },
] as const;
const amounts = [
  { name: 'tokenId', type: 'uint256' },
  { name: 'makerAmount', type: 'uint256' },
  { name: 'takerAmount', type: 'uint256' },
] as const;
const kind = [
  { name: 'side', type: 'uint8' },
  { name: 'signatureType', type: 'uint8' },
] as const;

/** Members in the order that is hashed (contract: venues, "Orders"). */
export const orderTypes = {
  1: {
    Order: [
      ...head,
      { name: 'taker', type: 'address' },
      ...amounts,
      { name: 'expiration', type: 'uint256' },
      { name: 'nonce', type: 'uint256' },
      { name: 'feeRateBps', type: 'uint256' },
      ...kind,
    ],
  },
  2: {
    Order: [
      ...head,
      ...amounts,
      ...kind,
      { name: 'timestamp', type: 'uint256' },
      { name: 'metadata', type: 'bytes32' },
      { name: 'builder', type: 'bytes32' },
    ],
  },
} as const;

/** The domain that `version` of the exchange at this address signs in. */
export const orderDomain = (version: string, { chainId, verifyingContract }: ExchangeContract) => ({
  name: 'Polymarket CTF Exchange',
  version,
  chainId: chainNumber(chainId),
  verifyingContract: addressBytes('verifyingContract', verifyingContract),
});

/**
 * The EIP-712 digest of an order: the venue's order id, and what is signed. Throws SigningFault when a member
 * does not fit its type, or the contract is known to settle the other schema.
 */
export function hashOrder(order: Order, exchange: ExchangeContract): Hex {
  const domain = orderDomain(String(order.schema), exchange);
  const known = schemaOfContract(domain.verifyingContract);
  switch (order.schema) {
    case 1:
      if (known === 2) throw otherSchema();
      return hashTypedData({ domain, types: orderTypes[1], primaryType: 'Order', message: messageV1(order) });
    case 2:
      if (known === 1) throw otherSchema();
      return hashTypedData({
        domain,
        types: orderTypes[2],
        primaryType: 'Order',
        message: orderMessageV2(order),
      });
    default:
      // Reached only past the compiler, by an order that came over RPC.
      throw new SigningFault('schema', 'is not 1 or 2');
  }
}

/**
 * The hash of all that is signed but for the exchange: with it, the order's id; without it, the same for whoever does
 * not know the market yet. Throws SigningFault.
 */
export function orderStructHash(order: Order): Hex {
  return order.schema === 1
    ? hashStruct({ data: messageV1(order), primaryType: 'Order', types: orderTypes[1] })
    : hashStruct({ data: orderMessageV2(order), primaryType: 'Order', types: orderTypes[2] });
}

const otherSchema = (): SigningFault =>
  new SigningFault('verifyingContract', 'settles orders of the other schema');

const messageV1 = (order: OrderV1) => ({
  ...commonMembers(order),
  taker: addressBytes('taker', order.taker),
  expiration: uint256('expiration', order.expiration),
  nonce: uint256('nonce', order.nonce),
  feeRateBps: uint256('feeRateBps', order.feeRateBps),
});

/** The members of an order of schema 2 as they are hashed. Throws SigningFault. */
export const orderMessageV2 = (order: OrderV2) => ({
  ...commonMembers(order),
  timestamp: uint256('timestamp', order.timestamp),
  metadata: bytes32('metadata', order.metadata),
  builder: bytes32('builder', order.builder),
});

const commonMembers = (order: Order) => ({
  salt: uint256('salt', order.salt),
  maker: addressBytes('maker', order.maker),
  signer: addressBytes('signer', order.signer),
  tokenId: uint256('tokenId', order.tokenId),
  makerAmount: uint256('makerAmount', order.makerAmount),
  takerAmount: uint256('takerAmount', order.takerAmount),
  side: order.side === 'BUY' ? 0 : 1,
  signatureType: order.signatureType,
});
