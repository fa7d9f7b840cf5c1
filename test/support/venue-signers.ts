import { Wallet } from 'ethers';
import * as z from 'zod';
import { kalshiHeaders } from '../../shared/signing/rsa/kalshi-headers.ts';
import { l1Headers } from '../../shared/signing/polymarket/l1-headers.ts';
import { l2Headers } from '../../shared/signing/polymarket/l2-headers.ts';
import type { SignatureType } from '../../shared/signing/polymarket/order-typed-data.ts';
import { framedRequest, orderRequest } from '../../shared/signing/polymarket/order-request.ts';
import type { KalshiSigner, PolymarketSigner } from '../../shared/venues/port/signer.ts';

const keySchema = z.object({ apiKey: z.string(), secret: z.string(), passphrase: z.string() });

/** A signer of a wallet whose CLOB key is made at the emulator: what the vault is to the gateway. */
export async function polymarketSigner(
  clobUrl: string,
  privateKey: string,
  wallet: { readonly signatureType: SignatureType; readonly funder?: string } = { signatureType: 0 },
): Promise<PolymarketSigner> {
  const { address } = new Wallet(privateKey);
  const venueTime = z.number().parse(await (await fetch(`${clobUrl}/time`)).json());
  const claim = { chainId: 137, timestamp: venueTime, nonce: 0 };
  const response = await fetch(`${clobUrl}/auth/derive-api-key`, {
    headers: await l1Headers(privateKey, claim),
  });
  const credential = { ...keySchema.parse(await response.json()), address };
  return {
    identity: () =>
      Promise.resolve({ ok: true, identity: { address, apiKey: credential.apiKey, ...wallet } }),
    l2Headers: async (request) => ({ ok: true, headers: await l2Headers(credential, request) }),
    frameOrder: async (signed, framing) => ({
      ok: true,
      ...(await framedRequest({ address, clob: credential }, signed, framing)),
    }),
    signOrder: async (order, exchange, framing) => {
      const sender = { privateKey, ...wallet, address, clob: credential };
      return { ok: true, ...(await orderRequest(sender, order, exchange, framing)) };
    },
  };
}

export const kalshiSigner = (user: {
  readonly keyId: string;
  readonly privateKeyPem: string;
}): KalshiSigner => ({
  kalshiHeaders: async (request) => ({
    ok: true,
    headers: await kalshiHeaders({ apiKeyId: user.keyId, privateKeyPem: user.privateKeyPem }, request),
  }),
});
