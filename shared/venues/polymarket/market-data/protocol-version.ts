import * as z from 'zod';
import { failure, type Failure } from '../../../errors/failure.ts';
import type { Market } from '../../port.ts';
import { ValueCache } from '../../../value-cache.ts';
import type { PolymarketApi } from '../api.ts';

/** A market keeps its version. At 100 bytes an entry, well inside an isolate's 128 MB. */
const versions = new ValueCache<string>(2_000, Number.POSITIVE_INFINITY);
const rows = z.array(z.object({ conditionId: z.string(), version: z.string().nullish() }));

/** Position ids of Protocol V2 name their module, 1 to 3, in the top byte; so does one token id of V1 in 85. */
const hasModule = (tokenId: string): boolean => {
  const module = BigInt(tokenId) >> 248n;
  return module >= 1n && module <= 3n;
};

/**
 * The refusal of a market of Protocol V2, whose orders are signed for another exchange in another domain
 * (polymarket-today 9); undefined for any other. Only Gamma's `version` decides, and it is asked only where the ids
 * could be of V2: while it is silent the venue itself refuses what is signed for the wrong exchange.
 */
export async function refuseProtocolV2(api: PolymarketApi, market: Market): Promise<Failure | undefined> {
  if (!market.outcomes.some(({ tokenId }) => hasModule(tokenId))) return undefined;
  return (await versionOf(api, market.conditionId)) === 'v2' ? unsupportedProtocol() : undefined;
}

const unsupportedProtocol = (): Failure =>
  failure('NOT_SUPPORTED', {
    message:
      'polymarket: this market is of Protocol V2 (version "v2"), whose orders are not supported: choose a market of version "v1"',
  });

async function versionOf(api: PolymarketApi, conditionId: string): Promise<string | undefined> {
  const key = `${api.gamma.baseUrl} ${conditionId}`;
  const known = versions.get(key);
  if (known !== undefined) return known;
  const found = await api.get(api.gamma, `/markets?condition_ids=${encodeURIComponent(conditionId)}`, rows);
  if (!found.ok) return undefined;
  const version = found.value.find((row) => row.conditionId === conditionId)?.version ?? undefined;
  if (version !== undefined) versions.set(key, version);
  return version;
}
