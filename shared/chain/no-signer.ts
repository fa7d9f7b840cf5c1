import type { ChainSigner } from './port.ts';

/** For whoever only reads and settles: it signs nothing, whoever asks. */
export const noSigner: ChainSigner = {
  address: `0x${'00'.repeat(20)}`,
  signTransaction: () => Promise.resolve({ ok: false, reason: 'FORBIDDEN' }),
};
