import type { FromConnector } from '../../shared/relay/frames.ts';
import { sessionClose } from '../../shared/relay/frames.ts';
import type { Log } from '../metrics/log.ts';
import { Session, type SessionHost } from './session.ts';
import { Wire } from './wire.ts';
import type { WebSocket } from './ws.ts';

export interface SessionsOptions {
  readonly host: Omit<SessionHost, 'ended'>;
  readonly pingMs: number;
  readonly log: Log;
  /** Answers a `call` over this wire. */
  call(wire: Wire, desk: string, frame: Extract<FromConnector, { type: 'call' }>): void;
}

/** Sessions of one process: each has a desk's streams. */
const MAX_SESSIONS = 200;
/** Who connects says who it is within this, ms. */
const HELLO_MS = 10_000;

/** The sessions that there are, and who is connected to which. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #wires = new Set<Wire>();
  #isDraining = false;
  #isClosed = false;
  #isRelieving = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
    options.host.budget.relieve = () => {
      if (this.#isRelieving) return;
      this.#isRelieving = true;
      // Not amid the push that passed the limit.
      setImmediate(() => this.#relieve());
    };
  }

  get all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  get wires(): number {
    return this.#wires.size;
  }

  /** Serves a connection of a desk's connector until it closes; `dialled` is told then, of one that the relay opened. */
  serve(socket: WebSocket, desk: string, dialled?: { readonly ended: () => void }): void {
    // Whoever was let in while the relay closed: nobody would end it later.
    if (this.#isClosed) {
      socket.terminate();
      dialled?.ended();
      return;
    }
    const { host, pingMs, log } = this.#options;
    const wire = new Wire(socket, host.limits.socketBytes, pingMs, dialled !== undefined);
    this.#wires.add(wire);
    let session: Session | undefined;
    const hello = setTimeout(() => wire.close(sessionClose.badFrame, 'no hello'), HELLO_MS);
    wire.listen({
      frame: (frame) => {
        if (frame.type === 'call') this.#options.call(wire, desk, frame);
        else if (session !== undefined) session.receive(wire, frame);
        else if (frame.type !== 'hello') wire.close(sessionClose.badFrame, 'hello comes first');
        else {
          clearTimeout(hello);
          session = this.#join(desk, frame.session, wire);
          if (session !== undefined) log('info', 'session attached', { desk, session: frame.session });
        }
      },
      drained: () => session?.drained(),
      closed: () => {
        clearTimeout(hello);
        this.#wires.delete(wire);
        session?.detach(wire);
        log('info', 'session detached', { desk, session: session?.id });
        dialled?.ended();
      },
    });
    if (this.#isDraining) wire.close(sessionClose.draining, 'draining');
  }

  /**
   * Tells every connector to go elsewhere; nothing is kept for their return. Whose calls come by the connection itself is
   * told when they are `answered`.
   */
  drain(answered: boolean): void {
    this.#isDraining = true;
    for (const wire of this.#wires)
      if (answered || !wire.isDialled) wire.close(sessionClose.draining, 'draining');
  }

  /** Ends what is left, and from now on whoever comes. */
  close(): void {
    this.#isClosed = true;
    for (const session of this.all) session.end();
    for (const wire of this.#wires) wire.terminate();
  }

  #join(desk: string, id: string, wire: Wire): Session | undefined {
    const key = `${desk} ${id}`;
    let session = this.#sessions.get(key);
    if (session === undefined) {
      // A connector that has another name now does not come back for what the old one left.
      for (const other of this.all) if (other.desk === desk && other.isAway) other.end();
      if (this.#sessions.size >= MAX_SESSIONS) this.#oldestAway()?.end();
      if (this.#sessions.size >= MAX_SESSIONS) {
        wire.close(sessionClose.draining, 'no room for another session');
        return undefined;
      }
      session = new Session(desk, id, {
        ...this.#options.host,
        ended: () => this.#sessions.delete(key),
      });
      this.#sessions.set(key, session);
    }
    session.attach(wire);
    return session;
  }

  #oldestAway(): Session | undefined {
    return this.all.find(({ isAway }) => isAway);
  }

  /** Sessions that are away go first, the longest-lived before others; then what only a reconnection would need. */
  #relieve(): void {
    this.#isRelieving = false;
    const { budget } = this.#options.host;
    const over = budget.used;
    for (
      let away = this.#oldestAway();
      away !== undefined && budget.used > budget.limit;
      away = this.#oldestAway()
    )
      away.end();
    if (budget.used > budget.limit) for (const session of this.all) session.shed();
    this.#options.log('warn', 'memory bound reached', { used: over, left: budget.used });
  }
}
