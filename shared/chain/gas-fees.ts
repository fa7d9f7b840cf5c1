import * as z from 'zod';
import type { JsonRpc } from './json-rpc.ts';
import { quantity } from './node-replies.ts';

export interface GasFees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

const GWEI = 10n ** 9n;
/** Polygon's nodes take no less. */
const MIN_TIP = 25n * GWEI;
/** What half of the transactions of the last blocks paid gets into the next ones. */
const BLOCKS = '0x5';
const MEDIAN = 50;
/** The base fee grows by at most an eighth a block: twice as much lasts for six. */
const BASE_FEE_ROOM = 2n;

const historySchema = z.object({
  baseFeePerGas: z.array(z.string()).min(1).max(10),
  reward: z.array(z.array(z.string()).max(1)).max(10).optional(),
});

/** What to offer for gas now, wei; undefined when no node said. */
export async function gasFees(rpc: JsonRpc): Promise<GasFees | undefined> {
  const reply = await rpc.read('eth_feeHistory', [BLOCKS, 'latest', [MEDIAN]]);
  const history = reply.ok ? historySchema.safeParse(reply.result) : undefined;
  const base = quantity(history?.data?.baseFeePerGas.at(-1));
  if (base === undefined) return undefined;
  const tips = (history?.data?.reward ?? []).flat().map((tip) => quantity(tip) ?? 0n);
  const tip = tips.reduce((most, one) => (one > most ? one : most), MIN_TIP);
  return { maxFeePerGas: base * BASE_FEE_ROOM + tip, maxPriorityFeePerGas: tip };
}
