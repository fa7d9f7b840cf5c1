import { vaultOf } from '../rpc/vault-stubs.ts';
import type { ObjectEnv } from '../bindings.ts';
import { tenantAccountId } from '../../shared/keys/account-ids.ts';
import {
  builderSigner,
  kalshiSigner,
  polymarketSigner,
  type VaultCaller,
} from '../../shared/vault/venue-signers.ts';
import { KalshiVenue } from '../../shared/venues/kalshi/venue.ts';
import { PolymarketVenue } from '../../shared/venues/polymarket/venue.ts';
import { venueClientOf, type VenueClient } from '../../shared/venues/trading/venue-client.ts';
import type { LiveAccess } from '../trading-account/api.ts';

/** A venue as a caller reaches it, signed for by the vault. Nothing leaves for the venue before a method is called. */
export function openVenueClient(env: ObjectEnv, { venue, caller, source, builder }: LiveAccess): VenueClient {
  const vaultCaller: VaultCaller = {
    vault: vaultOf(env),
    call: {
      scope: { tenant: caller.tenant, account: caller.account },
      actor: { keyId: caller.keyId, requestId: caller.requestId },
    },
  };
  const given = source.kind === 'request' ? source.credential : undefined;
  switch (venue) {
    case 'polymarket': {
      const { signer, identity } = polymarketSigner(
        vaultCaller,
        given?.venue === 'polymarket' ? { kind: 'request', credential: given } : { kind: 'stored', venue },
        builder && builderSigner(builderCaller(vaultCaller, caller.tenant)),
      );
      const exchange = polymarket(env);
      return { ...venueClientOf(exchange, signer, identity), clob: exchange.clob(signer) };
    }
    case 'kalshi': {
      const { signer, identity } = kalshiSigner(
        vaultCaller,
        given?.venue === 'kalshi' ? { kind: 'request', credential: given } : { kind: 'stored', venue },
      );
      return venueClientOf(new KalshiVenue({ url: env.KALSHI_URL }), signer, identity);
    }
    default:
      return venue satisfies never;
  }
}

/** A builder's key is its own account's, whichever customer trades. */
const builderCaller = ({ vault, call }: VaultCaller, tenant: string): VaultCaller => ({
  vault,
  call: { ...call, scope: { tenant, account: tenantAccountId(tenant) } },
});

/** Polymarket as this deployment reaches it. */
export const polymarket = (env: ObjectEnv): PolymarketVenue =>
  new PolymarketVenue({
    clobUrl: env.POLYMARKET_CLOB_URL,
    gammaUrl: env.POLYMARKET_GAMMA_URL,
    dataUrl: env.POLYMARKET_DATA_URL,
    chainId: Number(env.L1_CHAIN_ID),
  });
