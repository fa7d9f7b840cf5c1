import { vaultOf } from '../../../durable-objects/rpc/vault-stubs.ts';
import { failure, invalidMember, type Failure } from '../../../shared/errors/failure.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import type { CredentialVenue } from '../../../shared/vault/credential.ts';
import type { Vault } from '../../../shared/vault/port.ts';
import type { Actor, Scope } from '../../../shared/vault/request.ts';
import { refusal, type VaultResult, type VaultFailure } from '../../../shared/vault/result.ts';
import type { Env } from '../env.ts';

/** The vault, on behalf of a principal: its account's credentials and no others. */
export interface VaultAccess {
  readonly vault: Vault;
  /** Goes into every request. */
  readonly call: { readonly scope: Scope; readonly actor: Actor };
}

export const vaultAccess = (env: Env, principal: Principal, requestId: string): VaultAccess => ({
  vault: vaultOf(env),
  call: {
    scope: { tenant: principal.tenant, account: principal.account },
    actor: { keyId: principal.key, requestId },
  },
});

/** The vault's answer, also when it cannot be reached. */
export async function reachVault<T>(answer: Promise<VaultResult<T>>): Promise<VaultResult<T>> {
  try {
    return await answer;
  } catch {
    return refusal('VAULT_ERROR', 'the vault cannot be reached');
  }
}

/** The same, a refusal in the words of the catalogue. */
export async function askVault<T>(
  venue: CredentialVenue,
  answer: Promise<VaultResult<T>>,
): Promise<({ readonly ok: true } & T) | Failure> {
  const result = await reachVault(answer);
  return result.ok ? result : toFailure(venue, result);
}

/** Members of the wire by the parts that the vault and its signers name. */
const members: Readonly<Record<CredentialVenue, Readonly<Record<string, string>>>> = {
  polymarket: {
    privateKey: 'private_key',
    clob: 'clob_api_key',
    apiKey: 'clob_api_key',
    secret: 'clob_api_secret',
    passphrase: 'clob_api_passphrase',
    address: 'eoa_address',
    signatureType: 'signature_type',
  },
  kalshi: { apiKeyId: 'api_key_id', privateKeyPem: 'private_key' },
  builder: {},
  exchange: {},
};

/** A refusal of the vault as a caller may read it. What only an operator can mend is said in the log. */
export function toFailure(venue: CredentialVenue, { reason, message, part }: VaultFailure): Failure {
  switch (reason) {
    case 'CREDENTIAL_MISSING':
      return failure('CREDENTIALS_REQUIRED');
    case 'CREDENTIAL_UNREADABLE':
      return failure('CREDENTIALS_REQUIRED', {
        message: 'The stored credentials cannot be read: ask the operator, or unlink them and onboard again',
      });
    case 'CREDENTIAL_EXISTS':
    case 'CREDENTIAL_CHANGED':
      return failure('CREDENTIALS_LINKED');
    case 'ACCOUNT_CLOSED':
      return failure('CUSTOMER_FORBIDDEN', { message: 'This account has been deleted' });
    case 'EXPORT_NOT_ALLOWED':
      return failure('INSUFFICIENT_PERMISSION', { message: sentence(message) });
    case 'CREDENTIAL_INCOMPLETE':
    case 'SIGNING_REFUSED': {
      const named = part ?? '';
      const rule = message.startsWith(`${named} `) ? message.slice(named.length + 1) : message;
      return invalidMember(members[venue][named] ?? named, rule);
    }
    case 'REQUEST_INVALID':
    case 'SCOPE_MISMATCH':
    case 'ROOT_KEYS_INVALID':
    case 'ROOT_VERSION_MISSING':
    case 'ROOT_VERSION_STALE':
    case 'VAULT_ERROR':
      // Its sentences name members and versions, never a value.
      console.error(JSON.stringify({ level: 'error', what: 'vault', reason, message }));
      return failure('VENUE_UNAVAILABLE', { message: 'The vault is unavailable', retryAfter: 1 });
    default:
      return reason satisfies never;
  }
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
