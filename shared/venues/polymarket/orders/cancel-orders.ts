import { sendOnce } from '../../trading/send-once.ts';
import type { NotAccepted, VenueResult } from '../../port.ts';
import { signerRefused } from '../../trading/signer-failures.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import type { PolymarketApi } from '../api.ts';
import type { CancelledMany, CancelScope } from '../account/polymarket-client.ts';
import { CANCEL_BURST, withinLimits } from '../signer-limits.ts';
import { cancelManyReplies } from './command-replies.ts';

type Cancelled = VenueResult<CancelledMany | NotAccepted>;

/**
 * Cancels what a scope names (docs.polymarket.com, "Cancel orders"). More ids than the venue's limit lets through at
 * once go out in several requests; those that a later one did not cancel are told as such, beside those that went.
 */
export async function cancelMany(
  api: PolymarketApi,
  scope: CancelScope,
  signer: PolymarketSigner,
): Promise<Cancelled> {
  if (!('ids' in scope) || scope.ids.length <= CANCEL_BURST) return cancelOnce(api, scope, signer);
  let done: CancelledMany | undefined;
  for (let start = 0; start < scope.ids.length; start += CANCEL_BURST) {
    const ids = scope.ids.slice(start, start + CANCEL_BURST);
    const result = await cancelOnce(api, { ids }, signer);
    if (result.ok && result.value.tag === 'accepted') {
      done = merged(done, result.value);
      continue;
    }
    // Nothing was cancelled before it: the reply is about the whole.
    if (!done) return result;
    const left = scope.ids.slice(start);
    const why = reasonOf(result, ids);
    return {
      ok: true,
      value: merged(done, {
        tag: 'accepted',
        canceled: [],
        notCanceled: Object.fromEntries(left.map((id) => [id, why(id)])),
      }),
    };
  }
  return { ok: true, value: done ?? { tag: 'accepted', canceled: [], notCanceled: {} } };
}

const merged = (before: CancelledMany | undefined, next: CancelledMany): CancelledMany => ({
  tag: 'accepted',
  canceled: [...(before?.canceled ?? []), ...next.canceled],
  notCanceled: { ...before?.notCanceled, ...next.notCanceled },
});

/** What is said of the ids that a request that failed named, and of those after it, which were not sent. */
function reasonOf(result: Cancelled, sent: readonly string[]): (id: string) => string {
  const unknown = result.ok && result.value.tag === 'unknown';
  const named = new Set(sent);
  return (id) =>
    unknown && named.has(id)
      ? 'it is not known whether it was cancelled: repeat'
      : 'not sent, because the exchange takes no more requests for now: repeat';
}

/** One request of the venue's own. */
async function cancelOnce(
  api: PolymarketApi,
  scope: CancelScope,
  signer: PolymarketSigner,
): Promise<Cancelled> {
  const { path, body } = requestFor(scope);
  const timestamp = await api.seconds();
  const signed = await signer.l2Headers({
    method: 'DELETE',
    path,
    timestamp,
    ...(body !== '' && { body }),
  });
  if (!signed.ok) return signerRefused(signed);
  const headers = { ...(body !== '' && { 'content-type': 'application/json' }), ...signed.headers };
  const request = { method: 'DELETE', url: `${api.clob.baseUrl}${path}`, headers, body } as const;
  const tokens = 'ids' in scope ? scope.ids.length : 1;
  const replies = { ...cancelManyReplies, ...withinLimits(api.limits, headers, 'cancels', tokens) };
  return { ok: true, value: await sendOnce<CancelledMany>(api.clob, { request }, replies) };
}

function requestFor(scope: CancelScope): { readonly path: string; readonly body: string } {
  if ('ids' in scope) return { path: '/orders', body: JSON.stringify(scope.ids) };
  const { market, token } = scope;
  if (market === undefined && token === undefined) return { path: '/cancel-all', body: '' };
  return { path: '/cancel-market-orders', body: JSON.stringify({ market, asset_id: token }) };
}
