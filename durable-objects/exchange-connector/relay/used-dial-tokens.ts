import * as z from 'zod';

/** A token is good for 60 s and 5 s of clocks that differ, on either side. */
const REMEMBER_MS = 75_000;
/** A relay comes again after a second at the earliest; one that comes faster waits. */
const MAX_REMEMBERED = 100;
const KEY = 'dial_tokens';

const used = z.array(z.object({ id: z.string(), until: z.number() }));

/** Tokens with which a relay has dialled in, over deaths of the object: each opens one socket. */
export class UsedDialTokens {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** @returns whether it may be used, now and never again. `at`: Unix ms of the relay's clock. */
  use(id: string, at: number): 'ok' | 'used' | 'too many' {
    const stored = used.safeParse(this.#storage.kv.get(KEY));
    const known = (stored.data ?? []).filter(({ until }) => until > at);
    if (known.some((one) => one.id === id)) return 'used';
    if (known.length >= MAX_REMEMBERED) return 'too many';
    this.#storage.kv.put(KEY, [...known, { id, until: at + REMEMBER_MS }]);
    return 'ok';
  }
}
