import * as z from 'zod';
import { tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import {
  MAX_REDIRECT_LENGTH,
  MAX_REDIRECTS,
  redirectEntry,
} from '../../../shared/partner/redirect-allow-list.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { email } from '../http/wire-values.ts';
import { profileOf, tenantId } from './tenants.ts';
import type { PartnerSettings } from '../../../durable-objects/tenant/api.ts';

/** Letters, digits and a few signs: a name that no header has to quote. */
const senderName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N} .&'-]+$/u, "letters, digits, spaces and . & ' - only");
const sender = z.strictObject({ address: email, name: senderName });
const redirects = z.array(z.string().min(1).max(MAX_REDIRECT_LENGTH)).max(MAX_REDIRECTS);

const settingsView = z.object({
  tenant: z.string(),
  enabled: z.boolean(),
  redirects: z.array(z.string()),
  mail_sender: z.object({ address: z.string(), name: z.string() }).nullable(),
});

const read = route({
  method: 'GET',
  path: '/admin/v1/tenants/{tenant}/partner',
  summary: 'What is set for a tenant as partner',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  reply: { status: 200, schema: settingsView },
  async handle({ env, params }) {
    const { tenant, roles } = await profileOf(env, params.tenant);
    const settings = await tenantObject(env, tenant).partnerSettings();
    return { body: toView(tenant, roles.includes('partner'), settings) };
  },
});

const update = route({
  method: 'PATCH',
  path: '/admin/v1/tenants/{tenant}/partner',
  summary:
    'Enable a tenant as partner or disable it; set its redirect allow-list and whom its mails are from',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  body: z.strictObject({
    enabled: z.boolean().optional(),
    redirects: redirects.optional(),
    mail_sender: sender.nullable().optional(),
  }),
  reply: { status: 200, schema: settingsView },
  async handle({ env, params, body, requestId }) {
    const { tenant, roles } = await profileOf(env, params.tenant);
    const actor = { id: 'operator', requestId };
    const change = {
      ...(body.redirects !== undefined && { redirects: body.redirects.map(entryOf) }),
      ...(body.mail_sender !== undefined && { sender: body.mail_sender }),
    };
    const object = tenantObject(env, tenant);
    const enabled = body.enabled ?? roles.includes('partner');
    if (enabled !== roles.includes('partner')) {
      const others = roles.filter((role) => role !== 'partner');
      await object.update({ roles: enabled ? [...others, 'partner'] : others }, actor);
    }
    return { body: toView(tenant, enabled, await object.setPartnerSettings(change, actor)) };
  },
});

function entryOf(text: string, index: number): string {
  const entry = redirectEntry(text);
  if (entry !== undefined) return entry;
  throw new RequestError(
    invalidMember(
      `redirects.${index}`,
      'must be an https URL of an origin and a path, without query or user',
    ),
  );
}

const toView = (
  tenant: string,
  enabled: boolean,
  settings: PartnerSettings,
): z.infer<typeof settingsView> => ({
  tenant,
  enabled,
  redirects: [...settings.redirects],
  mail_sender: settings.sender,
});

export const partnerSettingsRoutes: readonly AnyRoute[] = [read, update];
