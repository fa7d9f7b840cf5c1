import * as z from 'zod';
import { tenantAccountId } from '../../../shared/keys/account-ids.ts';
import { vaultOf } from '../../../durable-objects/rpc/vault-stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { AuditRow, RotationStatus } from '../../../shared/vault/port.ts';
import type { VaultFailure } from '../../../shared/vault/result.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { profileOf, tenantId } from './tenants.ts';

const rotationView = z.object({
  current: z.number().nullable(),
  versions: z.array(
    z.object({
      version: z.number(),
      present: z.boolean(),
      credentials: z.number(),
      can_drop: z.boolean(),
    }),
  ),
  sweep: z.object({
    state: z.enum(['none', 'running', 'finished', 'incomplete']),
    target: z.number().nullable(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    accounts_left: z.number(),
    failures: z.array(z.object({ account: z.string(), reason: z.string() })),
  }),
  fault: z.string().nullable(),
});

const auditRow = z.object({
  seq: z.number(),
  at: z.string(),
  actor: z.string(),
  operation: z.string(),
  venue: z.string().nullable(),
  credential: z.string().nullable(),
  version: z.number().nullable(),
  outcome: z.string(),
  request_id: z.string(),
  hash: z.string(),
});

/** Whose chain: the tenant's own account unless another of its accounts is named. */
const account = z
  .string()
  .regex(/^[\w:.@-]{1,128}$/)
  .optional();
/** Rows of one page; the whole chain is exported page by page. */
const MAX_PAGE = 1_000;

const readRotation = route({
  method: 'GET',
  path: '/admin/v1/vault/rotation',
  summary: 'Root versions of the vault: how many credentials need each, which may be dropped',
  tag: 'admin',
  auth: { kind: 'operator' },
  reply: { status: 200, schema: rotationView },
  handle: async ({ env }) => ({ body: toRotationView(await vaultOf(env).rotationStatus()) }),
});

const startRotation = route({
  method: 'POST',
  path: '/admin/v1/vault/rotation',
  summary: 'Re-wrap every credential under the highest root version; harmless to repeat',
  tag: 'admin',
  auth: { kind: 'operator' },
  reply: { status: 202, schema: rotationView },
  async handle({ env, requestId }) {
    const result = await vaultOf(env).startRotation({ actor: { keyId: 'operator', requestId } });
    if (!result.ok) throw refused(result);
    return { status: 202, body: toRotationView(result.status) };
  },
});

const readAudit = route({
  method: 'GET',
  path: '/admin/v1/tenants/{tenant}/vault/audit',
  summary: `The audit chain of an account's credentials, oldest first, ${MAX_PAGE} rows at most; more follow after next`,
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  query: z.object({
    account,
    after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).optional(),
  }),
  reply: { status: 200, schema: z.object({ rows: z.array(auditRow), next: z.number().nullable() }) },
  async handle({ env, params, query }) {
    const { tenant } = await profileOf(env, params.tenant);
    const scope = { tenant, account: query.account ?? tenantAccountId(tenant) };
    const limit = query.limit ?? MAX_PAGE;
    const after = query.after ?? 0;
    const result = await vaultOf(env).auditPage({ scope, after, limit });
    if (!result.ok) throw refused(result);
    const next = result.rows.length === limit ? (result.rows.at(-1)?.seq ?? null) : null;
    return { body: { rows: result.rows.map(toAuditRow), next } };
  },
});

const verifyAudit = route({
  method: 'GET',
  path: '/admin/v1/tenants/{tenant}/vault/audit/verify',
  summary: 'Whether the chain is whole, and which row breaks it first',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  query: z.object({ account }),
  reply: {
    status: 200,
    schema: z.object({
      intact: z.boolean(),
      rows: z.number().optional(),
      head: z.object({ seq: z.number(), hash: z.string() }).optional(),
      broken_at: z.number().optional(),
      why: z.string().optional(),
    }),
  },
  async handle({ env, params, query }) {
    const { tenant } = await profileOf(env, params.tenant);
    const scope = { tenant, account: query.account ?? tenantAccountId(tenant) };
    const result = await vaultOf(env).auditVerify({ scope });
    if (!result.ok) throw refused(result);
    const { report } = result;
    return {
      body: report.intact ? report : { intact: false, broken_at: report.brokenAt, why: report.why },
    };
  },
});

/** The vault's refusals as an operator reads them: their sentences name versions and members, never values. */
function refused({ reason, message }: VaultFailure): RequestError {
  return reason === 'SCOPE_MISMATCH'
    ? new RequestError('NOT_FOUND', { message: 'Account not found' })
    : new RequestError('INTERNAL_ERROR', { status: 503, message });
}

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function toRotationView({ current, versions, sweep, fault }: RotationStatus): z.infer<typeof rotationView> {
  return {
    current,
    versions: versions.map(({ canDrop, ...version }) => ({ ...version, can_drop: canDrop })),
    sweep: {
      state: sweep.state,
      target: sweep.target,
      started_at: time(sweep.startedAt),
      finished_at: time(sweep.finishedAt),
      accounts_left: sweep.accountsLeft,
      failures: [...sweep.failures],
    },
    fault,
  };
}

function toAuditRow({ requestId, at, ...row }: AuditRow): z.infer<typeof auditRow> {
  return { ...row, at: new Date(at).toISOString(), request_id: requestId };
}

export const vaultRoutes: readonly AnyRoute[] = [readRotation, startRotation, readAudit, verifyAudit];
