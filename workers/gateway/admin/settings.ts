import { directory, tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { route, type AnyRoute } from '../http/route.ts';
import type { Env } from '../env.ts';
import { settingsChange, settingsView, toSettingsView } from './wire.ts';

const read = route({
  method: 'GET',
  path: '/admin/v1/settings',
  summary: 'Global settings',
  tag: 'admin',
  auth: { kind: 'operator' },
  reply: { status: 200, schema: settingsView },
  handle: async ({ env }) => ({ body: toSettingsView(await directory(env, 'global').settings()) }),
});

const update = route({
  method: 'PATCH',
  path: '/admin/v1/settings',
  summary: 'Change global settings; a new cutoff reaches every cohort tenant before the reply',
  tag: 'admin',
  auth: { kind: 'operator' },
  body: settingsChange,
  reply: { status: 200, schema: settingsView },
  async handle({ env, body, requestId }) {
    const settings = await directory(env, 'global').configure({
      ...(body.self_serve === undefined ? {} : { selfServe: body.self_serve }),
      ...(body.beta_cutoff === undefined ? {} : { betaCutoff: Date.parse(body.beta_cutoff) }),
      ...(body.cohort_label === undefined ? {} : { cohortLabel: body.cohort_label }),
      ...(body.cohort_cap === undefined ? {} : { cohortCap: body.cohort_cap }),
      ...(body.reopens_at === undefined ? {} : { reopensAt: body.reopens_at }),
    });
    if (body.beta_cutoff !== undefined) await moveCutoff(env, settings.betaCutoff, requestId);
    return { body: toSettingsView(settings) };
  },
});

/** Tells every cohort tenant. An operator whose call was cut short repeats it: the same cutoff again is harmless. */
async function moveCutoff(env: Env, betaCutoff: number, requestId: string): Promise<void> {
  const global = directory(env, 'global');
  let after = '';
  for (;;) {
    const page = await global.tenants({ admission: 'cohort', after });
    const last = page.at(-1);
    if (last === undefined) return;
    await Promise.all(
      page.map((tenant) => tenantObject(env, tenant).update({ betaCutoff }, { id: 'operator', requestId })),
    );
    after = last;
  }
}

export const settingsRoutes: readonly AnyRoute[] = [read, update];
