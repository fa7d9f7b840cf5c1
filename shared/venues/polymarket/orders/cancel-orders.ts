import { sendOnce } from '../../trading/send-once.ts';
import type { NotAccepted, VenueResult } from '../../port.ts';
import { signerRefused } from '../../trading/signer-failures.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import type { PolymarketApi } from '../api.ts';
import type { CancelledMany, CancelScope } from '../account/polymarket-client.ts';
import { cancelManyReplies } from './command-replies.ts';

/** Cancels what a scope names, in one request of the venue's own (docs.polymarket.com, "Cancel orders"). */
export async function cancelMany(
  api: PolymarketApi,
  scope: CancelScope,
  signer: PolymarketSigner,
): Promise<VenueResult<CancelledMany | NotAccepted>> {
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
  return { ok: true, value: await sendOnce<CancelledMany>(api.clob, { request }, cancelManyReplies) };
}

function requestFor(scope: CancelScope): { readonly path: string; readonly body: string } {
  if ('ids' in scope) return { path: '/orders', body: JSON.stringify(scope.ids) };
  const { market, token } = scope;
  if (market === undefined && token === undefined) return { path: '/cancel-all', body: '' };
  return { path: '/cancel-market-orders', body: JSON.stringify({ market, asset_id: token }) };
}
