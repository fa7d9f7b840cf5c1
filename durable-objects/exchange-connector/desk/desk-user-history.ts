import { now } from '../../../shared/clock.ts';

const KEY = 'users';
/** A desk changes its user a few times in its life; what was sent under one before these is nobody's to judge. */
const MOST = 20;
/** Two objects' clocks may differ by so much: what was sent so close to a change is of neither. */
const TOLERANCE_MS = 2_000;

/** Whose the desk was from when on, Unix ms. */
interface Reign {
  readonly name: string;
  readonly from: number;
}

/** Which user of the exchange the desk is, and was before. */
export class DeskUserHistory {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  /** Undefined of a desk that never was one. */
  get name(): string | undefined {
    return this.#all().at(-1)?.name;
  }

  begin(name: string): void {
    const all = this.#all();
    // The first has nobody before it.
    const from = all.length === 0 ? 0 : now();
    this.#kv.put(KEY, [...all, { name, from }].slice(-MOST));
  }

  /** As if the present one had not begun. */
  undo(): void {
    this.#kv.put(KEY, this.#all().slice(0, -1));
  }

  /** Whether the desk certainly was at that time who it is now. */
  isStill(at: number): boolean {
    const all = this.#all();
    const of = (time: number): string | undefined => all.findLast(({ from }) => from <= time)?.name;
    return [at - TOLERANCE_MS, at + TOLERANCE_MS].every((time) => of(time) === all.at(-1)?.name);
  }

  #all(): readonly Reign[] {
    return this.#kv.get<readonly Reign[]>(KEY) ?? [];
  }
}
