import type { PosternFile } from '../../scripts/launch/launch.ts';

/** What `POST /admin/v1/tenants` takes at most. */
export const KEYS_PER_TENANT = 5;
/** Calls in flight: enough to keep the gateway busy, few enough that no object queue grows. */
const CONCURRENCY = 16;

/** Issues enterprise tenants through the operator's surface. Returns each one's raw keys. */
export async function issueTenants(
  file: PosternFile,
  tenants: number,
  keysEach: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<readonly (readonly string[])[]> {
  const issued: (readonly string[])[] = [];
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < tenants) {
      started += 1;
      issued.push(await issueTenant(file, keysEach));
      onProgress(issued.length);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return issued;
}

async function issueTenant(file: PosternFile, keys: number): Promise<readonly string[]> {
  const response = await fetch(`${file.url}/admin/v1/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${file.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', tier: 'enterprise', admission: 'self_serve', keys }),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`a tenant was not created: ${text}`);
  // Our own gateway's reply, from the route whose schema says so.
  return (JSON.parse(text) as { readonly keys: readonly { readonly raw_key: string }[] }).keys.map(
    (key) => key.raw_key,
  );
}
