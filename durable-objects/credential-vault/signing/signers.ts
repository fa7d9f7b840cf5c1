import { kalshiHeaders } from '../../../shared/signing/rsa/kalshi-headers.ts';
import { builderHeaders } from '../../../shared/signing/polymarket/builder-headers.ts';
import { l1Headers } from '../../../shared/signing/polymarket/l1-headers.ts';
import { l2Headers } from '../../../shared/signing/polymarket/l2-headers.ts';
import {
  framedRequest,
  orderRequest,
  type OrderRequest,
} from '../../../shared/signing/polymarket/order-request.ts';
import { Secret } from '../../../shared/signing/secret.ts';
import type {
  BuilderCredential,
  Credential,
  KalshiCredential,
  PolymarketCredential,
} from '../../../shared/vault/credential.ts';
import type { VaultRequest } from '../../../shared/vault/request.ts';
import { VaultRefusal } from '../../../shared/vault/result.ts';
import { walletOf, withAddress } from '../credentials.ts';

type Timed = VaultRequest<'l2Headers'>['request'];
type Headers = Promise<Record<string, string>>;

/** Signs with an open credential. Each throws CREDENTIAL_INCOMPLETE for a part that is not there, SigningFault. */
export const signers = {
  order(
    credential: PolymarketCredential,
    { order, exchange, framing }: VaultRequest<'signOrder'>,
  ): Promise<OrderRequest> {
    const { signatureType = 0, funder } = credential;
    const key = clobKey(credential);
    const privateKey = privateKeyOf(credential);
    return orderRequest({ ...key, privateKey, signatureType, funder }, order, exchange, framing);
  },
  frame: (credential: PolymarketCredential, { order, framing }: VaultRequest<'frameOrder'>) =>
    framedRequest(clobKey(credential), order, framing),
  l1: (credential: PolymarketCredential, claim: VaultRequest<'l1Headers'>['claim']): Headers =>
    l1Headers(privateKeyOf(credential), claim),
  l2(credential: PolymarketCredential, request: Timed): Headers {
    const { clob, address } = clobKey(credential);
    return l2Headers({ ...clob, address }, request);
  },
  builder: ({ key, secret, passphrase }: BuilderCredential, request: Timed): Headers =>
    builderHeaders({ key, secret: Secret.of(secret), passphrase: Secret.of(passphrase) }, request),
  kalshi: (
    { apiKeyId, privateKeyPem }: KalshiCredential,
    request: VaultRequest<'kalshiHeaders'>['request'],
  ): Headers => kalshiHeaders({ apiKeyId, privateKeyPem: Secret.of(privateKeyPem) }, request),
};

/** The CLOB key, and the wallet that it belongs to. */
function clobKey(credential: PolymarketCredential) {
  const { apiKey, secret, passphrase } = credential.clob ?? missing('clob');
  const address = walletOf(credential) ?? missing('address');
  return { address, clob: { apiKey, secret: Secret.of(secret), passphrase: Secret.of(passphrase) } };
}

/** A request that every signer takes, to see whether a credential can sign at all. */
const SAMPLE = { method: 'GET', path: '/', timestamp: 1, timestampMs: 1_700_000_000_000 } as const;

/** Refuses a credential that could not sign, naming the part, before it is sealed. */
export async function checkUsable(credential: Credential): Promise<void> {
  switch (credential.venue) {
    case 'kalshi':
      await signers.kalshi(credential, SAMPLE);
      return;
    case 'builder':
      await signers.builder(credential, SAMPLE);
      return;
    case 'polymarket':
      checkWallet(credential);
      if (credential.clob) await signers.l2(credential, SAMPLE);
      return;
    case 'exchange':
      // The exchange has just taken it.
      return;
    default:
      credential satisfies never;
  }
}

function checkWallet(credential: PolymarketCredential): void {
  const { signatureType, funder } = credential;
  withAddress(credential);
  if ((signatureType ?? 0) !== 0 && funder === undefined) missing('funder');
}

/** The key of an export or a signature. */
export const privateKeyOf = ({ privateKey }: PolymarketCredential): Secret =>
  Secret.of(privateKey ?? missing('privateKey'));

function missing(part: string): never {
  throw new VaultRefusal('CREDENTIAL_INCOMPLETE', `the credential has no ${part}`, part);
}
