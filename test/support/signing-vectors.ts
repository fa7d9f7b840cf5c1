import * as z from 'zod';
import file from '../vectors/polymarket-signing.json' with { type: 'json' };

const fileSchema = z.object({
  privateKey: z.string(),
  address: z.string(),
  typeHashes: z.record(z.string(), z.string()),
  vectors: z.array(
    z.object({
      name: z.string(),
      source: z.string(),
      input: z.record(z.string(), z.unknown()),
      expected: z.string().optional(),
    }),
  ),
});

/** What Polymarket publishes with its clients, and the well-known test wallet that signs it. */
export const signingVectors = fileSchema.parse(file);

export interface Vector {
  readonly input: Readonly<Record<string, unknown>>;
  /** '' where the file gives only intermediate values. */
  readonly expected: string;
}

/** The vector of this name; throws when the file has none. */
export function vector(name: string): Vector {
  const found = signingVectors.vectors.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no vector ${name}`);
  return { input: found.input, expected: found.expected ?? '' };
}

const wholeText = z.string().transform((text) => BigInt(text));
const common = {
  salt: wholeText,
  maker: z.string(),
  signer: z.string(),
  tokenId: wholeText,
  makerAmount: wholeText,
  takerAmount: wholeText,
  expiration: wholeText,
  side: z.enum(['BUY', 'SELL']),
};
const v1Schema = z.object({
  ...common,
  signatureType: z.literal(0),
  taker: z.string(),
  nonce: wholeText,
  feeRateBps: wholeText,
});
const v2Schema = z.object({
  ...common,
  signatureType: z.literal([0, 3]),
  timestamp: wholeText,
  metadata: z.string(),
  builder: z.string(),
});
const exchangeSchema = z.object({ chainId: z.number(), verifyingContract: z.string() });

export const vectorOrderV1 = (input: Vector['input']) => ({ ...v1Schema.parse(input), schema: 1 as const });
export const vectorOrderV2 = (input: Vector['input']) => ({ ...v2Schema.parse(input), schema: 2 as const });
export const vectorExchange = (input: Vector['input']) => exchangeSchema.parse(input['domain'] ?? input);
