import { SigningFault } from '../signing/signing-fault.ts';
import { refusal, VaultRefusal, type VaultFailure } from './result.ts';

/**
 * What a caller learns of an exception inside an operation. Only our own two classes promise a message without a
 * value; of any other the log gets the name alone, because a library may quote what it was given.
 */
export function failureOf(error: unknown, operation: string, requestId: string): VaultFailure {
  if (error instanceof VaultRefusal) return error.failure;
  if (error instanceof SigningFault) return refusal('SIGNING_REFUSED', error.message, error.part);
  const name = error instanceof Error ? error.name : typeof error;
  console.error(JSON.stringify({ level: 'error', request_id: requestId, vault: operation, name }));
  return refusal('VAULT_ERROR', 'the vault failed');
}
