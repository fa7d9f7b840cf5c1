import * as z from 'zod';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { exchangeStates, storedViews, walletInfo, walletOf } from '../../credentials/linked-exchanges.ts';
import { askVault, vaultAccess } from '../../credentials/vault-access.ts';
import { clobVenue } from '../../credentials/clob-venue.ts';
import { principalOf } from '../../context/caller.ts';
import { route, type AnyRoute } from '../../http/route.ts';

const read = route({
  method: 'GET',
  path: '/api/v1/wallet',
  summary: 'The wallet of the account, and the exchanges that it is linked with',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  reply: {
    status: 200,
    schema: z.object({
      wallet: walletInfo.nullable(),
      wallets: z.array(walletInfo),
      session_signer: z.null(),
      linked_exchanges: z.array(z.object({ exchange: z.string(), has_credentials: z.boolean() })),
    }),
  },
  async handle({ env, caller, requestId }) {
    const views = await storedViews(vaultAccess(env, principalOf(caller), requestId));
    const wallet = walletOf(views, clobVenue(env).chainId);
    return {
      body: {
        wallet: wallet ?? null,
        wallets: wallet ? [wallet] : [],
        session_signer: null,
        linked_exchanges: exchangeStates(views),
      },
    };
  },
});

const exportKey = route({
  method: 'POST',
  path: '/api/v1/wallet/export-key',
  summary:
    "The wallet's private key: for keys with credentials:export, while the operator of the vault allows it; audited",
  tag: 'router',
  // The vault is asked in any case, so that every attempt is in its audit chain.
  auth: { kind: 'router' },
  reply: { status: 200, schema: z.object({ address: z.string(), private_key: z.string() }) },
  async handle({ env, caller, requestId }) {
    const principal = principalOf(caller);
    const { vault, call } = vaultAccess(env, principal, requestId);
    const permitted = principal.permissions.includes('credentials:export');
    const exported = await askVault('polymarket', vault.exportKey({ ...call, permitted }));
    if (!permitted) {
      throw new RequestError('INSUFFICIENT_PERMISSION', {
        message: 'API key missing required permission: credentials:export',
      });
    }
    if (!exported.ok) throw new RequestError(exported);
    return { body: { address: exported.address, private_key: exported.privateKey } };
  },
});

export const walletRoutes: readonly AnyRoute[] = [read, exportKey];
