import { refusal, type VaultResult } from './result.ts';

/**
 * The vault's answer, also when it cannot be reached. It is let go of at once, because an answer that is not keeps the
 * object that asked from being evicted; what it carries is plain data and stays.
 */
export async function vaultAnswer<T>(answer: Promise<VaultResult<T>>): Promise<VaultResult<T>> {
  try {
    // RPC gives its results this method; the port's types do not speak of it.
    const result: VaultResult<T> & Partial<Disposable> = await answer;
    result[Symbol.dispose]?.();
    return result;
  } catch {
    return refusal('VAULT_ERROR', 'the vault cannot be reached');
  }
}
