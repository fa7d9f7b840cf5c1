import * as z from 'zod';
import file from '../vectors/polymarket-deposit-wallets.json' with { type: 'json' };
import { vectorOrderV2 } from './signing-vectors.ts';

const wholeText = z.string().transform((text) => BigInt(text));
const batchSchema = z.object({
  wallet: z.string(),
  nonce: wholeText,
  deadline: wholeText,
  calls: z.array(z.object({ target: z.string(), value: wholeText, data: z.string() })),
});

/** Addresses and signatures of deposit wallets that Polymarket's own SDK made, with the test key that signed. */
export const depositWalletVectors = {
  ...file,
  order: vectorOrderV2(file.order),
  batch: batchSchema.parse(file.batch),
};
