import { sha256Hex } from '../../../shared/keys/digest.ts';
import { ValueCache } from '../../../shared/value-cache.ts';

/** Accounts whose digest is kept: a busy isolate trades for a few thousand. */
const digests = new ValueCache<string>(4_096, Number.POSITIVE_INFINITY);

/**
 * The settlement reference of a paper trade. Polymarket's clients wait up to 30 s for a transaction hash of
 * every trade; a paper trade settles at once and on no chain, so this names the trade instead: 24 bytes that
 * stand for the account, then the trade's number.
 */
export async function settlementHash(account: string, tradeId: number): Promise<string> {
  let digest = digests.get(account);
  if (digest === undefined) {
    digest = (await sha256Hex(`postern paper trades of ${account}`)).slice(0, 48);
    digests.set(account, digest);
  }
  return `0x${digest}${tradeId.toString(16).padStart(16, '0')}`;
}
