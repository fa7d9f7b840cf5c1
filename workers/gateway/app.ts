import { Hono } from 'hono';
import type { Env } from './env.ts';
import { publish, refuse, run } from './pipeline/pipeline.ts';
import { docsPage } from './openapi/docs-page.ts';
import { openApiDocument } from './openapi/document.ts';
import { routes } from './routes.ts';
import { CONTROL_PATH, controlApp } from './testing/control.ts';

/** The gateway: every route through the one pipeline, 405 for its other methods, 404 for the rest. */
export function createApp(): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  for (const entry of routes) {
    app.on(entry.method, honoPath(entry.path), (c) =>
      run(entry, { env: c.env, request: c.req.raw, params: c.req.param() }),
    );
  }
  // Both documents are the same for everybody: made once, on first use.
  const document = once(() => JSON.stringify(openApiDocument(routes)));
  const page = once(() => docsPage(routes));
  app.get('/openapi.json', (c) =>
    publish(c.req.raw, new Response(document(), { headers: { 'content-type': 'application/json' } })),
  );
  app.get('/docs', (c) => publish(c.req.raw, new Response(page(), { headers: pageHeaders })));
  app.get('/', (c) =>
    publish(c.req.raw, new Response(null, { status: 302, headers: { location: '/docs' } })),
  );
  if (INSTRUMENTED) app.route(CONTROL_PATH, controlApp());
  for (const [path, methods] of methodsByPath()) {
    app.all(path, (c) => refuse({ env: c.env, request: c.req.raw }, methods));
  }
  app.notFound((c) => refuse({ env: c.env, request: c.req.raw }, undefined));
  return app;
}

/** The page loads nothing from elsewhere and is framed by nobody. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

function once<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= make());
}

/** OpenAPI writes `{id}`, Hono `:id`. */
const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>([
    ['/openapi.json', ['GET']],
    ['/docs', ['GET']],
    ['/', ['GET']],
  ]);
  for (const entry of routes) {
    const path = honoPath(entry.path);
    methods.set(path, [...(methods.get(path) ?? []), entry.method]);
  }
  return methods;
}
