import * as z from 'zod';
import type { Side } from '../book/mirror.ts';
import { badRequest, invalidOrderPayload } from '../venue-error.ts';
import type { OrderType } from './records.ts';

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const bytes32 = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const uint = z.string().regex(/^\d{1,78}$/);
/** The clients send the salt as a JSON number; past 2^53 it must be a string to survive. */
const salt = z.union([uint, z.number().int().nonnegative().transform(String)]);

const common = {
  salt,
  maker: address,
  signer: address,
  tokenId: uint,
  makerAmount: uint,
  takerAmount: uint,
  side: z.enum(['BUY', 'SELL']),
  signature: z.string().regex(/^0x[0-9a-fA-F]{130,2000}$/),
};

const orderV1 = z.object({
  ...common,
  taker: address,
  expiration: uint,
  nonce: uint,
  feeRateBps: uint,
  signatureType: z.number().int().min(0).max(2),
});

const orderV2 = z.object({
  ...common,
  signatureType: z.number().int().min(0).max(3),
  timestamp: uint,
  expiration: uint.optional(),
  metadata: bytes32,
  builder: bytes32,
});

const envelope = z.object({
  order: z.record(z.string(), z.unknown()),
  owner: z.string().min(1).max(100),
  orderType: z.enum(['GTC', 'GTD', 'FOK', 'FAK']),
  deferExec: z.boolean().optional(),
  postOnly: z.boolean().optional(),
});

interface SignedCommon {
  readonly salt: string;
  readonly maker: string;
  readonly signer: string;
  readonly tokenId: string;
  readonly makerAmount: string;
  readonly takerAmount: string;
  readonly expiration: string;
  readonly signatureType: number;
  readonly sideText: Side;
  readonly signature: string;
}

export type SignedOrder =
  | (SignedCommon & {
      readonly version: 1;
      readonly taker: string;
      readonly nonce: string;
      readonly feeRateBps: string;
    })
  | (SignedCommon & {
      readonly version: 2;
      readonly timestamp: string;
      readonly metadata: string;
      readonly builder: string;
    });

export interface OrderRequest {
  readonly order: SignedOrder;
  readonly owner: string;
  readonly orderType: OrderType;
  readonly deferExec: boolean;
  readonly postOnly: boolean;
}

/**
 * Reads the body of `POST /order` as the two official clients send it.
 * @throws order_version_mismatch when the schema is the one `GET /version` does not announce.
 */
export function parseOrderRequest(body: unknown, accepted: 1 | 2): OrderRequest {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) throw invalidOrderPayload();
  const { order: raw, owner, orderType, deferExec, postOnly } = parsed.data;
  const version = 'feeRateBps' in raw || 'nonce' in raw ? 1 : 2;
  if (version !== accepted) throw badRequest('order_version_mismatch');
  return {
    order: version === 1 ? parseV1(raw) : parseV2(raw),
    owner,
    orderType,
    deferExec: deferExec ?? false,
    postOnly: postOnly ?? false,
  };
}

function parseV1(raw: Record<string, unknown>): SignedOrder {
  const parsed = orderV1.safeParse(raw);
  if (!parsed.success) throw invalidOrderPayload();
  const { side, ...rest } = parsed.data;
  return { version: 1, sideText: side, ...rest };
}

function parseV2(raw: Record<string, unknown>): SignedOrder {
  const parsed = orderV2.safeParse(raw);
  if (!parsed.success) throw invalidOrderPayload();
  const { side, expiration, ...rest } = parsed.data;
  return { version: 2, sideText: side, expiration: expiration ?? '0', ...rest };
}
