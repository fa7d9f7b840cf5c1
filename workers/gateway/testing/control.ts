import { Hono } from 'hono';
import * as z from 'zod';
import { moveClock, resetClock } from '../../../shared/clock.ts';
import { equalSecrets } from '../../../shared/keys/digest.ts';
import { armFault, faultKinds, faultPoints, releaseFaults } from '../../../shared/testing/fault-points.ts';
import { ABORT } from '../../../shared/testing/connector-abort.ts';
import { exchangeConnector } from '../../../durable-objects/rpc/stubs.ts';
import type { Env } from '../env.ts';

/** Where the instrumented build listens to its tests. Outside the routes: it is no part of the API. */
export const CONTROL_PATH = '/__test';

/** A year either way: no test needs more, and dates stay dates. */
const MAX_MOVE_MS = 365 * 86_400_000;

/**
 * The test's hand on the gateway, guarded by the admin token: arms fault points, moves the clock, aborts a desk's
 * connector. Made by a function, so that a build that does not call it does not hold it.
 */
export function controlApp(): Hono<{ Bindings: Env }> {
  const fault = z.strictObject({ point: z.enum(faultPoints), kind: z.enum(faultKinds) });
  const clock = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stand') }),
    z.strictObject({ kind: z.literal('advance'), ms: z.number().int().min(-MAX_MOVE_MS).max(MAX_MOVE_MS) }),
  ]);
  const abort = z.strictObject({ tenant: z.string() });
  const app = new Hono<{ Bindings: Env }>();
  app.use(async (c, next) => {
    const given = c.req.header('authorization') ?? '';
    if (!(await equalSecrets(given, `Bearer ${c.env.ADMIN_TOKEN}`))) return c.body(null, 401);
    return next();
  });
  app.post('/faults', async (c) => {
    const body = fault.safeParse(await c.req.json());
    if (!body.success) return c.text(z.prettifyError(body.error), 400);
    armFault(body.data.point, body.data.kind);
    return c.json(body.data);
  });
  app.delete('/faults', (c) => {
    releaseFaults();
    return c.json({});
  });
  app.post('/clock', async (c) => {
    const body = clock.safeParse(await c.req.json());
    if (!body.success) return c.text(z.prettifyError(body.error), 400);
    return c.json({ now: moveClock(body.data) });
  });
  app.delete('/clock', (c) => {
    resetClock();
    return c.json({});
  });
  app.post('/abort', async (c) => {
    const body = abort.safeParse(await c.req.json());
    if (!body.success) return c.text(z.prettifyError(body.error), 400);
    // Its answer is that it died.
    await exchangeConnector(c.env, body.data.tenant)
      .fetch(new Request(ABORT))
      .catch(() => undefined);
    return c.json({});
  });
  return app;
}
