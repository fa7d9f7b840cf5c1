import { directory } from '../../../durable-objects/rpc/stubs.ts';
import * as z from 'zod';
import { route, type AnyRoute } from '../http/route.ts';

const cohortStatus = route({
  method: 'GET',
  path: '/api/beta/cohort-status',
  summary: 'State of the closed beta',
  tag: 'keys',
  auth: { kind: 'public' },
  reply: {
    status: 200,
    schema: z.object({
      cohort_label: z.string(),
      available: z.number(),
      active: z.number(),
      cap: z.number(),
      cutoff: z.string(),
      reopens_at: z.string().nullable(),
    }),
  },
  async handle({ env }) {
    const global = directory(env, 'global');
    const [settings, active] = await Promise.all([global.settings(), global.count('cohort')]);
    return {
      body: {
        cohort_label: settings.cohortLabel,
        available: Math.max(0, settings.cohortCap - active),
        active,
        cap: settings.cohortCap,
        cutoff: new Date(settings.betaCutoff).toISOString(),
        reopens_at: settings.reopensAt,
      },
    };
  },
});

export const betaRoutes: readonly AnyRoute[] = [cohortStatus];
