import type { PosternFile } from '../../scripts/launch/launch.ts';

/** What an operator sets on a tenant; the wire shape of `POST /admin/v1/tenants`. */
export interface TenantSpec {
  readonly tier?: 'free' | 'pro' | 'pro_plus' | 'enterprise';
  readonly admission?: 'none' | 'cohort' | 'self_serve';
  readonly roles?: readonly string[];
  readonly wallet_address?: string;
  readonly owner?: string;
  readonly keys?: number;
  readonly [member: string]: unknown;
}

export interface CreatedTenant {
  readonly tenant: string;
  readonly keys: readonly { readonly id: string; readonly raw_key: string }[];
}

/** One call of the operator's surface. */
export function operate(file: PosternFile, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${file.url}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${file.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A fresh tenant with its keys, so that tests do not share limits or accounts. */
export async function createTenant(file: PosternFile, spec: TenantSpec = {}): Promise<CreatedTenant> {
  const response = await operate(file, 'POST', '/tenants', {
    name: 'test tenant',
    tier: 'enterprise',
    admission: 'self_serve',
    keys: 1,
    ...spec,
  });
  if (response.status !== 201) throw new Error(`tenant was not created: ${await response.text()}`);
  return (await response.json()) as CreatedTenant;
}
