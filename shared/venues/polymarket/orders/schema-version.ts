import * as z from 'zod';
import { failure } from '../../../errors/failure.ts';
import type { OrderSchema } from '../../../signing/polymarket/exchange-contracts.ts';
import type { Found } from '../../port.ts';
import { ValueCache } from '../../../value-cache.ts';
import type { PolymarketApi } from '../api.ts';

/** The venue changes its order schema once in years; an order of the old one is refused, not lost. */
const VERSION_TTL_MS = 10_000;
/** What a fee market wants signed in an order of schema 1. */
const FEE_TTL_MS = 60_000;

const versions = new ValueCache<OrderSchema>(16, VERSION_TTL_MS);
const fees = new ValueCache<bigint>(2_000, FEE_TTL_MS);

const versionSchema = z.object({ version: z.number().int() });
const feeSchema = z.object({ base_fee: z.number().int().min(0).max(10_000) });

/** Which struct the venue takes orders as, by `GET /version`. */
export async function orderSchema(api: PolymarketApi): Promise<Found<OrderSchema>> {
  const key = api.clob.baseUrl;
  const known = versions.get(key);
  if (known !== undefined) return { ok: true, value: known };
  const found = await api.get(api.clob, '/version', versionSchema, failure('VENUE_UNAVAILABLE'));
  if (!found.ok) return found;
  const { version } = found.value;
  if (version !== 1 && version !== 2)
    return failure('NOT_SUPPORTED', {
      message: `polymarket: orders of version ${version}, which the exchange now takes, are not supported`,
    });
  versions.set(key, version);
  return { ok: true, value: version };
}

/** `feeRateBps` that an order of schema 1 on this token must be signed with. */
export async function feeRateBps(api: PolymarketApi, tokenId: string): Promise<Found<bigint>> {
  const key = `${api.clob.baseUrl} ${tokenId}`;
  const known = fees.get(key);
  if (known !== undefined) return { ok: true, value: known };
  const found = await api.get(api.clob, `/fee-rate?token_id=${encodeURIComponent(tokenId)}`, feeSchema);
  if (!found.ok) return found;
  const value = BigInt(found.value.base_fee);
  fees.set(key, value);
  return { ok: true, value };
}
