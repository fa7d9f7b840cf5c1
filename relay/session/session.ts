import type { FromConnector, FromRelay, StreamKind, StreamParams } from '../../shared/relay/frames.ts';
import type { RelayCredential } from '../../shared/relay/relay-credential.ts';
import type { Limits } from '../config/environment.ts';
import { DeskFeeds } from '../streams/desk-feeds.ts';
import { DeskStream } from '../streams/desk-stream.ts';
import type { MemoryBudget } from '../streams/memory-budget.ts';
import type { Channel } from '../upstream/channel.ts';
import { CredentialKeeper } from './credential-keeper.ts';
import { FrameScheduler } from './frame-scheduler.ts';
import type { Wire } from './wire.ts';

/** What a session needs of the relay. */
export interface SessionHost {
  readonly channel: Channel;
  readonly limits: Limits;
  readonly budget: MemoryBudget;
  readonly epoch: string;
  readonly backoff: (failures: number) => number;
  readonly quietMs: number;
  now(): number;
  openCredential(sealed: string): Promise<RelayCredential | undefined>;
  /** The session is over and forgotten. */
  ended(session: Session): void;
}

/** gRPC's RESOURCE_EXHAUSTED. */
const RESOURCE_EXHAUSTED = 8;

/** Twenty upstream streams of a thousand symbols. */
const MAX_STREAMS = 20_000;

type OpenFrame = Extract<FromConnector, { type: 'open' }>;

/** All that the relay keeps for one connector, over its connections: streams, their windows, the credential. */
export class Session {
  readonly desk: string;
  readonly id: string;
  readonly #host: SessionHost;
  readonly #streams = new Map<string, DeskStream>();
  readonly #feeds: DeskFeeds;
  readonly #outlet: FrameScheduler;
  readonly #credential: CredentialKeeper;
  /** Highest number that any stream has had: new ones begin after it, so that none is given twice under a name. */
  #highest = 0;
  #grace: NodeJS.Timeout | undefined;

  constructor(desk: string, id: string, host: SessionHost) {
    this.desk = desk;
    this.id = id;
    this.#host = host;
    this.#credential = new CredentialKeeper(desk, {
      now: () => host.now(),
      open: (sealed) => host.openCredential(sealed),
      want: () => this.#say({ type: 'credential_wanted' }),
      renewed: () => this.#feeds.renew(),
    });
    this.#feeds = new DeskFeeds(
      {
        channel: host.channel,
        silenceMs: host.limits.silenceMs,
        quietMs: host.quietMs,
        backoff: host.backoff,
        credential: () => this.#credential.current(),
        refuseCredential: (refused) => this.#credential.refused(refused),
      },
      () => host.now(),
    );
    this.#outlet = new FrameScheduler(this.#feeds, host.limits, (stream) => this.#retire(stream));
  }

  get isAway(): boolean {
    return !this.#outlet.isAttached;
  }

  get streams(): readonly DeskStream[] {
    return [...this.#streams.values()];
  }

  get upstreamCount(): number {
    return this.#feeds.count;
  }

  get pausedCount(): number {
    return this.#feeds.pausedCount;
  }

  get buffered(): number {
    return this.#outlet.buffered;
  }

  /** The connector is here, by this connection; an older one of it is given up. */
  attach(wire: Wire): void {
    clearTimeout(this.#grace);
    this.#leave();
    this.#outlet.attach(wire);
    wire.say({ type: 'hello', session: this.id, epoch: this.#host.epoch });
    this.#credential.requestAgain();
  }

  /** That connection is gone. */
  detach(wire: Wire): void {
    if (!this.#outlet.detach(wire)) return;
    this.#leave();
    this.#grace = setTimeout(() => this.end(), this.#host.limits.graceMs);
  }

  drained(): void {
    this.#outlet.pump();
  }

  /** A frame that came by this connection; what comes late by an older one is dropped. */
  receive(wire: Wire, frame: FromConnector): void {
    if (!this.#outlet.isServing(wire)) return;
    switch (frame.type) {
      case 'credential':
        void this.#credential.take(frame.sealed);
        return;
      case 'open':
        this.#open(frame);
        return;
      case 'ack':
        this.#acked(frame.stream, frame.seq);
        return;
      case 'close': {
        const stream = this.#streams.get(frame.stream);
        if (stream !== undefined) this.#retire(stream);
        return;
      }
      // Said once, when the connection opened; calls and pings are answered elsewhere.
      case 'hello':
      case 'call':
      case 'ping':
      case 'pong':
        return;
      default:
        frame satisfies never;
    }
  }

  /** Drops everything; who comes back is told gaps. */
  end(): void {
    clearTimeout(this.#grace);
    this.#credential.close();
    this.#feeds.closeAll();
    for (const stream of this.#streams.values()) stream.forget();
    this.#streams.clear();
    this.#outlet.close();
    this.#host.ended(this);
  }

  /** Frees what was sent and not acknowledged: who has to ask for it again is told a gap. */
  shed(): void {
    for (const stream of this.#streams.values()) stream.window.ack(stream.sent);
  }

  closeWire(code: number, reason: string): void {
    this.#outlet.closeWire(code, reason);
  }

  #acked(name: string, seq: number): void {
    const stream = this.#streams.get(name);
    if (stream !== undefined) this.#outlet.acknowledged(stream, seq);
  }

  /** Nobody reads: no stream waits at the exchange for somebody who may not come back. */
  #leave(): void {
    for (const stream of this.#streams.values()) {
      stream.isOpen = false;
      this.#feeds.resume(stream);
    }
  }

  #open(frame: OpenFrame): void {
    const known = this.#streams.get(frame.stream);
    const seq = frame.after?.epoch === this.#host.epoch ? frame.after.seq : undefined;
    if (known !== undefined && isSame(known, frame)) {
      if (seq !== undefined && known.window.covers(seq)) {
        this.#opened(known, seq, true);
        known.resume(seq);
        return;
      }
      if (known.kind !== 'drop_copy') {
        this.#begin(known, seq, frame.after !== undefined);
        this.#feeds.restart(known);
        return;
      }
    }
    if (known !== undefined) this.#retire(known);
    if (this.#streams.size >= MAX_STREAMS) {
      const { stream } = frame;
      this.#say({ type: 'close', stream, code: RESOURCE_EXHAUSTED, message: 'too many streams' });
      return;
    }
    const { limits, budget } = this.#host;
    const window = { items: limits.windowItems, bytes: limits.windowBytes };
    const stream = new DeskStream(
      { name: frame.stream, kind: frame.kind, params: frame.params },
      {
        ready: (one) => this.#outlet.ready(one),
        say: (state) => this.#say(state),
        now: () => this.#host.now(),
      },
      window,
      budget,
      Math.max(this.#highest, seq ?? 0),
    );
    this.#streams.set(stream.name, stream);
    // A drop copy that is given its resume token misses nothing.
    const misses = frame.kind !== 'drop_copy' || frame.params.resume_token === undefined;
    this.#begin(stream, seq, frame.after !== undefined && misses);
    this.#feeds.open(stream);
  }

  #begin(stream: DeskStream, seq: number | undefined, withGap: boolean): void {
    const base = Math.max(stream.window.last, seq ?? 0);
    this.#opened(stream, base, false);
    stream.restart(base, withGap);
  }

  #opened(stream: DeskStream, seq: number, resumed: boolean): void {
    stream.isOpen = true;
    this.#say({ type: 'opened', stream: stream.name, seq, resumed });
    this.#say(stream.stateFrame());
  }

  #retire(stream: DeskStream): void {
    this.#highest = Math.max(this.#highest, stream.window.last);
    this.#feeds.close(stream);
    this.#outlet.forget(stream);
    stream.forget();
    if (this.#streams.get(stream.name) === stream) this.#streams.delete(stream.name);
  }

  #say(frame: FromRelay): void {
    this.#outlet.say(frame);
  }
}

/** Whether it is the stream that is asked for. Where a drop copy begins is no part of what it is. */
function isSame(
  stream: { readonly kind: StreamKind; readonly params: StreamParams },
  asked: { readonly kind: StreamKind; readonly params: StreamParams },
): boolean {
  const key = ({ symbols = [], accounts = [], depth }: StreamParams): string =>
    JSON.stringify([symbols, accounts, depth]);
  return stream.kind === asked.kind && key(stream.params) === key(asked.params);
}
