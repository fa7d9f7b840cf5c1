import type { ObjectEnv } from '../bindings.ts';

/** Calls that one request has made to objects, the vault and venues. What those call in turn is in their traces. */
export interface SubrequestCounter {
  subrequests: number;
}

const COUNTER = Symbol('hops of the request');
type Counted = ObjectEnv & { readonly [COUNTER]?: SubrequestCounter };

/** Of each isolate's bindings, the part of a counted copy that is the same for all requests. */
const bases = new WeakMap<ObjectEnv, ObjectEnv>();

/**
 * The bindings as one request uses them: every call through them, or through stubs made from them, counts. The
 * counter travels with what every call needs anyway, so no function has to pass it on and none can forget to.
 */
export function countedEnv<E extends ObjectEnv>(env: E, counter: SubrequestCounter): E {
  let base = bases.get(env);
  if (!base) {
    base = Object.create(env, {
      VAULT: {
        get(this: Counted) {
          return countedStub(env.VAULT, this[COUNTER]);
        },
      },
    }) as ObjectEnv;
    bases.set(env, base);
  }
  const own = Object.create(base) as E & { [COUNTER]: SubrequestCounter };
  own[COUNTER] = counter;
  return own;
}

export const subrequestCounterOf = (env: ObjectEnv): SubrequestCounter | undefined =>
  (env as Counted)[COUNTER];

/** Counts a call that does not go through a stub: a fetch from a venue. */
export function countSubrequest(env: ObjectEnv): void {
  const counter = subrequestCounterOf(env);
  if (counter) counter.subrequests += 1;
}

/** A stub whose method calls count; the stub itself where nobody counts. */
export function countedStub<T extends object>(stub: T, counter: SubrequestCounter | undefined): T {
  if (!counter) return stub;
  return new Proxy(stub, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        counter.subrequests += 1;
        return Reflect.apply(value, target, args);
      };
    },
  });
}
