import { DurableObject } from 'cloudflare:workers';

interface Env {
  readonly KEEPER: DurableObjectNamespace<Keeper>;
}

/** As much as an admission answers with. */
const ANSWER = {
  ok: true,
  principal: {
    tenant: '00000000-0000-4000-8000-000000000000',
    account: 'acc_00000000-0000-4000-8000-000000000000',
    key: 'key_000000000000',
    permissions: ['read', 'trade', 'keys:manage'],
    tier: 'enterprise',
  },
  limit: { allowed: true, remaining: [99, 5_999], resetMs: 51_234, retryAfterMs: 0, tier: 'enterprise' },
  betaExpired: false,
};

export class Keeper extends DurableObject<Env> {
  nothing(): void {}

  answer(_asked: { readonly permission: string }): typeof ANSWER {
    return ANSWER;
  }
}

/** As many objects as the bench has keys. */
const OBJECTS = 200;
const ASKED = { permission: 'trade' };
const HEADERS = Array.from({ length: 16 }, (_, index) => [`x-header-${index}`, String(index)] as const);

let turn = 0;
const next = ({ KEEPER }: Env): DurableObjectStub<Keeper> => {
  turn = (turn + 1) % OBJECTS;
  return KEEPER.getByName(`object-${turn}`);
};

/** One thing each, on top of the same bare reply: what a step of a request costs when nothing else happens. */
const steps: Readonly<Record<string, (env: Env) => unknown>> = {
  '/bare': () => undefined,
  '/rpc-nothing': (env) => next(env).nothing(),
  '/rpc-admission': (env) => next(env).answer(ASKED),
  '/rpc-twice': async (env) => {
    await next(env).answer(ASKED);
    await next(env).answer(ASKED);
  },
  '/webcrypto-digest': () => crypto.subtle.digest('SHA-256', new TextEncoder().encode(`key-${(turn += 1)}`)),
  '/timer': () => {
    const controller = new AbortController();
    clearTimeout(setTimeout(() => controller.abort(), 10_000));
  },
  '/log-line': () => console.log(JSON.stringify(ANSWER)),
};

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    await steps[pathname]?.(env);
    const response = Response.json({ ok: true });
    if (pathname === '/headers') for (const [name, value] of HEADERS) response.headers.set(name, value);
    return response;
  },
};
