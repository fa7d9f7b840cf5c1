import { utils } from 'ethers';
import type { SignedOrder } from './parse-order.ts';

/**
 * EIP-712 of the exchange contracts, hashed and recovered with ethers v5 and so by other code
 * than the gateway's signer. Chain, names and addresses: contracts/venues.md; struct members:
 * the same file and the vectors in `vectors/polymarket-signing.json`.
 */
export const CHAIN_ID = 137;

const EXCHANGE: Readonly<Record<1 | 2, { readonly plain: string; readonly negRisk: string }>> = {
  1: {
    plain: '0x4bFb41d5B3570DeFd03C39a9A4D8dE6Bd8B8982E',
    negRisk: '0xC5d563A36AE78145C45a50134d48A1215220f80a',
  },
  2: {
    plain: '0xE111180000d2663C0091e4f400237545B87B996B',
    negRisk: '0xe2222d279d744050d28e00520010520000310F59',
  },
};

/** Spenders that `GET /balance-allowance` lists. */
export const SPENDERS: readonly string[] = [
  EXCHANGE[1].plain,
  EXCHANGE[1].negRisk,
  EXCHANGE[2].plain,
  EXCHANGE[2].negRisk,
  '0xd91E80cF2E7be2e162c6513ceD06f1dD0dA35296',
];

const { _TypedDataEncoder: encoder } = utils;

type Fields = { name: string; type: string }[];

const HEAD: Fields = [
  { name: 'salt', type: 'uint256' },
  { name: 'maker', type: 'address' },
  { name: 'signer', type: 'address' },
];

const AMOUNTS: Fields = [
  { name: 'tokenId', type: 'uint256' },
  { name: 'makerAmount', type: 'uint256' },
  { name: 'takerAmount', type: 'uint256' },
];

const ORDER_FIELDS: Readonly<Record<1 | 2, Fields>> = {
  1: [
    ...HEAD,
    { name: 'taker', type: 'address' },
    ...AMOUNTS,
    { name: 'expiration', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'feeRateBps', type: 'uint256' },
    { name: 'side', type: 'uint8' },
    { name: 'signatureType', type: 'uint8' },
  ],
  2: [
    ...HEAD,
    ...AMOUNTS,
    { name: 'side', type: 'uint8' },
    { name: 'signatureType', type: 'uint8' },
    { name: 'timestamp', type: 'uint256' },
    { name: 'metadata', type: 'bytes32' },
    { name: 'builder', type: 'bytes32' },
  ],
};

/** ERC-7739 wrapper that deposit wallets (signature type 3) sign instead of the bare order. */
const WRAPPER_FIELDS: Fields = [
  { name: 'contents', type: 'Order' },
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
  { name: 'salt', type: 'bytes32' },
];

export interface OrderDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: string;
}

export function orderDomain(version: 1 | 2, negRisk: boolean): OrderDomain {
  const contracts = EXCHANGE[version];
  return {
    name: 'Polymarket CTF Exchange',
    version: String(version),
    chainId: CHAIN_ID,
    verifyingContract: negRisk ? contracts.negRisk : contracts.plain,
  };
}

function orderMessage(order: SignedOrder): Record<string, unknown> {
  // Not everything that is sent is signed: V2 leaves its expiration out (contracts/venues.md).
  const all: Record<string, unknown> = { ...order, side: order.sideText === 'BUY' ? 0 : 1 };
  return Object.fromEntries(
    // Lower case, because ethers throws on an address whose checksum capitals are wrong.
    ORDER_FIELDS[order.version].map(({ name, type }) => [
      name,
      type === 'address' ? String(all[name]).toLowerCase() : all[name],
    ]),
  );
}

/** The order id. */
export function orderDigest(order: SignedOrder, domain: OrderDomain): string {
  return encoder.hash(domain, { Order: ORDER_FIELDS[order.version] }, orderMessage(order));
}

export function wrappedDigest(order: SignedOrder, domain: OrderDomain): string {
  return encoder.hash(
    domain,
    { TypedDataSign: WRAPPER_FIELDS, Order: ORDER_FIELDS[2] },
    {
      contents: orderMessage(order),
      name: 'DepositWallet',
      version: '1',
      chainId: domain.chainId,
      verifyingContract: order.signer.toLowerCase(),
      salt: `0x${'0'.repeat(64)}`,
    },
  );
}

export function domainSeparator(domain: OrderDomain): string {
  return encoder.hashDomain(domain);
}

export function structHash(order: SignedOrder): string {
  return encoder.hashStruct('Order', { Order: ORDER_FIELDS[order.version] }, orderMessage(order));
}
