/** Where the list is kept. */
const KEY = 'views';

/** Which hub follows which views, stored: after a crash every follower gets its view whole again. */
export class HubViews {
  readonly #kv: SyncKvStorage;
  readonly #byHub: Map<string, Set<string>>;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
    const stored = kv.get<readonly (readonly [string, readonly string[]])[]>(KEY) ?? [];
    this.#byHub = new Map(stored.map(([hub, views]) => [hub, new Set(views)]));
  }

  hubs(): Iterable<string> {
    return this.#byHub.keys();
  }

  /** Every view that any hub follows. */
  all(): ReadonlySet<string> {
    return new Set([...this.#byHub.values()].flatMap((views) => [...views]));
  }

  of(hub: string): ReadonlySet<string> {
    return this.#byHub.get(hub) ?? new Set();
  }

  add(hub: string, view: string): void {
    const views = this.#byHub.get(hub) ?? new Set();
    if (views.has(view)) return;
    this.#byHub.set(hub, views.add(view));
    this.#save();
  }

  remove(hub: string, view: string): void {
    const views = this.#byHub.get(hub);
    if (views?.delete(view) !== true) return;
    if (views.size === 0) this.#byHub.delete(hub);
    this.#save();
  }

  drop(hub: string): void {
    if (this.#byHub.delete(hub)) this.#save();
  }

  #save(): void {
    if (this.#byHub.size === 0) this.#kv.delete(KEY);
    else
      this.#kv.put(
        KEY,
        [...this.#byHub].map(([hub, views]) => [hub, [...views]]),
      );
  }
}
