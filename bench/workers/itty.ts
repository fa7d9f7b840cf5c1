import { DurableObject } from 'cloudflare:workers';
import { createDurable, withDurables } from 'itty-durable';

interface Env {
  readonly NATIVE: DurableObjectNamespace<NativeCounter>;
  readonly ITTY: DurableObjectNamespace;
}

/** A stored increment by native RPC. */
export class NativeCounter extends DurableObject {
  increment(): number {
    const next = (this.ctx.storage.kv.get<number>('counter') ?? 0) + 1;
    this.ctx.storage.kv.put('counter', next);
    return next;
  }
}

/** The same through itty-durable 2.4.1, which stores the whole object after each call. */
export class IttyCounter extends createDurable({ autoPersist: true }) {
  counter = 0;

  increment(): number {
    this.counter += 1;
    return this.counter;
  }
}

const itty = withDurables({ parse: true });

/** `POST /native/<name>` and `POST /itty/<name>`: one stored increment each. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, way, name = ''] = new URL(request.url).pathname.split('/');
    if (way === 'native') return Response.json({ value: await env.NATIVE.getByName(name).increment() });
    // The library hangs one proxy per namespace on the request it is given.
    const carrier = { headers: request.headers } as unknown as {
      readonly ITTY: { get(name: string): { increment(): Promise<number> } };
    };
    itty(carrier, env);
    return Response.json({ value: await carrier.ITTY.get(name).increment() });
  },
};
