import type { Cleanup } from '../../bench/lib/cleanup.ts';
import { serveWorker, type WorkerServer } from '../../bench/servers/worker-server.ts';
import type { RotationStatus, Vault } from '../../shared/vault/port.ts';
import type { VaultRequest } from '../../shared/vault/request.ts';

/** The vault alone under workerd, on a folder that outlives it. */
export interface VaultServer extends WorkerServer {
  call<O extends 'store' | 'list' | 'remove' | 'destroy' | 'createWallet' | 'l1Headers' | 'l2Headers'>(
    operation: O,
    request: VaultRequest<O>,
  ): Promise<Awaited<ReturnType<Vault[O]>>>;
  startRotation(): Promise<void>;
  rotation(): Promise<RotationStatus>;
}

/** Root keys that say what they are. */
export const testRootKeys = (...versions: readonly number[]): string =>
  JSON.stringify(
    Object.fromEntries(
      versions.map((version) => [version, Buffer.alloc(32, `test root key ${version} `).toString('base64')]),
    ),
  );

export async function serveVault(
  home: string,
  versions: readonly number[],
  cleanup: Cleanup,
): Promise<VaultServer> {
  const server = await serveWorker(
    home,
    {
      name: 'vault',
      vars: {
        VAULT_ROOT_KEYS: testRootKeys(...versions),
        KEY_EXPORT: 'off',
        RELAY_SEALING_KEY: '',
        EXCHANGE_TOKEN_URL: '',
      },
      objects: { CREDENTIAL_VAULT: 'CredentialVault', VAULT_REGISTRY: 'VaultRegistry' },
    },
    cleanup,
  );
  const post = async (operation: string, request: object): Promise<unknown> => {
    const init = { method: 'POST', body: JSON.stringify(request) };
    const response = await fetch(`http://127.0.0.1:${server.port}/${operation}`, init);
    if (response.status !== 200) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    ...server,
    // The vault's own replies, through the door of bench/workers/vault.ts.
    call: (operation, request) =>
      post(operation, request) as Promise<Awaited<ReturnType<Vault[typeof operation]>>>,
    startRotation: async () => {
      const started = (await post('startRotation', {
        actor: { keyId: 'operator', requestId: 'rotation' },
      })) as {
        readonly ok: boolean;
      };
      if (!started.ok) throw new Error(JSON.stringify(started));
    },
    rotation: () => post('rotationStatus', {}) as Promise<RotationStatus>,
  };
}
