import type { LoginIntent } from '../../../shared/vault/exchange-login.ts';
import type { DeskUse } from './desk-use.ts';
import type { LoginResult } from './desk-session.ts';
import { DeskUserHistory } from './desk-user-history.ts';
import type { Streams } from '../streams/streams.ts';

/** A login is under way: should this object die, nobody knows whose the vault's tokens are. */
const UNSURE = '';
/** The copy is nobody's: no login has this name. */
const NOBODY = 'nobody';

type Login = Exclude<LoginIntent, { readonly kind: 'session' }>;

/**
 * Whose orders and positions the copy has. Tokens are looked at when a stream opens: streams of a user that the desk was
 * before go on, and would be taken for the new one's.
 */
export class DeskUser {
  readonly #reigns: DeskUserHistory;
  readonly #streams: Streams;
  readonly #use: DeskUse;

  constructor(storage: DurableObjectStorage, streams: Streams, use: DeskUse) {
    this.#reigns = new DeskUserHistory(storage.kv);
    this.#streams = streams;
    this.#use = use;
  }

  /**
   * Of a new object: a login that an earlier one did not see to its end may have changed the user.
   * @returns whether what is open may belong to another user.
   */
  begin(): boolean {
    if (this.#reigns.name !== UNSURE) return false;
    this.#forget();
    this.#reigns.begin(NOBODY);
    return true;
  }

  /** Whether what was sent at that time (Unix ms) was sent by the user that the desk is now: no other sees its orders. */
  sentAt(at: number): boolean {
    const { name } = this.#reigns;
    return name !== UNSURE && name !== NOBODY && this.#reigns.isStill(at);
  }

  /** A login. One that is refused leaves the user as it was. */
  async during(intent: LoginIntent, logIn: () => Promise<LoginResult>): Promise<LoginResult> {
    const before = this.#reigns.name;
    if (intent.kind === 'session' || nameOf(intent) === before) return logIn();
    // Of a desk that never had a user there is nothing to forget.
    if (before !== undefined || this.#streams.isLoaded) this.#reigns.begin(UNSURE);
    const settled = await logIn();
    if (!settled.ok && before !== undefined && this.#reigns.name === UNSURE) this.#reigns.undo();
    return settled;
  }

  /** The login was taken. @returns whether what is open belongs to another user. */
  take(intent: LoginIntent): boolean {
    if (intent.kind === 'session') return false;
    const [before, name] = [this.#reigns.name, nameOf(intent)];
    if (before === name) return false;
    if (before !== undefined) this.#forget();
    this.#reigns.begin(name);
    return before !== undefined;
  }

  #forget(): void {
    this.#streams.forget();
    this.#use.newSession();
  }
}

/** Two clients of one participant have the same orders; to take them for two costs a snapshot. */
function nameOf(intent: Login): string {
  return intent.kind === 'client'
    ? `client ${intent.clientId} ${intent.participant ?? ''}`
    : `user ${intent.username}`;
}
