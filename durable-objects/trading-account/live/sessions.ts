import { vaultOf } from '../../vault-stubs.ts';
import type { Env } from '../../../workers/gateway/env.ts';
import { kalshiSigning, polymarketSigning, type VaultCaller } from '../../../shared/vault/signers.ts';
import { KalshiVenue } from '../../../shared/venues/kalshi/venue.ts';
import { PolymarketVenue } from '../../../shared/venues/polymarket/venue.ts';
import { sessionOf, type TradingSession } from '../../../shared/venues/session.ts';
import type { LiveAccess } from './model.ts';

/** A venue as a caller reaches it, signed for by the vault. Nothing leaves for the venue before a method is called. */
export function openSession(env: Env, { venue, caller, source }: LiveAccess): TradingSession {
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
      const { signer, identity } = polymarketSigning(
        vaultCaller,
        given?.venue === 'polymarket' ? { kind: 'request', credential: given } : { kind: 'stored', venue },
      );
      return sessionOf(polymarket(env), signer, identity);
    }
    case 'kalshi': {
      const { signer, identity } = kalshiSigning(
        vaultCaller,
        given?.venue === 'kalshi' ? { kind: 'request', credential: given } : { kind: 'stored', venue },
      );
      return sessionOf(new KalshiVenue({ url: env.KALSHI_URL }), signer, identity);
    }
    default:
      return venue satisfies never;
  }
}

const polymarket = (env: Env): PolymarketVenue =>
  new PolymarketVenue({
    clobUrl: env.POLYMARKET_CLOB_URL,
    gammaUrl: env.POLYMARKET_GAMMA_URL,
    dataUrl: env.POLYMARKET_DATA_URL,
    chainId: Number(env.L1_CHAIN_ID),
  });
