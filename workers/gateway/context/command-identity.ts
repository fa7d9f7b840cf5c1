import { sha256Hex } from '../../../shared/keys/digest.ts';
import { headerOf, idempotencyKeyHeader, retryCountHeader } from '../http/request-headers.ts';
import type { Call } from '../http/route.ts';
import type { CommandIdentity } from '../../../durable-objects/trading-account/api.ts';

/** How the caller names its command: by header, and by what it asks (docs/consistency.md). */
export async function commandIdentityOf(call: Call<unknown, unknown, unknown>): Promise<CommandIdentity> {
  const { request, url } = call;
  // Quoted and bare are one key.
  const key = headerOf(call, idempotencyKeyHeader)?.replaceAll('"', '');
  const retries = Number(headerOf(call, retryCountHeader) ?? '0');
  const asked = `${request.method}\n${url.pathname}\n${url.search}\n${canonicalJson(call.body)}`;
  return {
    fingerprint: await sha256Hex(asked),
    ...(key !== undefined && { key }),
    ...(retries > 0 && { sdkRetry: true }),
  };
}

/** JSON with its members in order, so that two ways of writing one request are one. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, member: unknown) => {
      if (typeof member === 'bigint') return member.toString();
      if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
      return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? ''
  );
}

/** Header of a reply that is an earlier one again. */
export const replayedHeader = (replayed: boolean): Readonly<Record<string, string>> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};
