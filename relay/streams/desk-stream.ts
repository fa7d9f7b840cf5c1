import type { FromRelay, ItemType, StreamKind, StreamParams } from '../../shared/relay/frames.ts';
import { MAX_FRAME } from '../../shared/relay/frames.ts';
import type { Message } from '../upstream/channel.ts';
import { toJson } from '../upstream/json.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { ReplayWindow, type WindowLimits } from './replay-window.ts';

/** Who hands a stream's frames to the connector. */
export interface StreamOwner {
  /** There is something new to send. */
  ready(stream: DeskStream): void;
  /** Outside the numbered frames: `state`. */
  say(frame: FromRelay): void;
  now(): number;
}

/** gRPC's RESOURCE_EXHAUSTED. */
const RESOURCE_EXHAUSTED = 8;

/** Of a state's or a close's text: frames.ts bounds it. */
const MAX_REASON = 500;

/** One stream as the connector knows it: what the exchange told, numbered, and how much of it has been sent. */
export class DeskStream {
  readonly name: string;
  readonly kind: StreamKind;
  readonly params: StreamParams;
  readonly window: ReplayWindow;
  readonly #owner: StreamOwner;
  /** Number of the last frame that was handed to the socket. */
  sent: number;
  /** The connector has opened it on the connection that there is: before that it is told nothing. */
  isOpen = false;
  /** Set when the exchange will not have it: told after everything before it. */
  ending: { readonly code: number; readonly message: string } | undefined;
  #state: { readonly live: boolean; readonly reason: string } = { live: false, reason: 'opening' };
  /** What comes next is not a continuation of what was told. */
  #owesGap = false;
  /** Nothing of what the exchange tells now has been told. */
  #isFresh = true;
  /** The newest frame is a book or a heartbeat that a newer one may take the place of. */
  #replaceable: ItemType | undefined;

  constructor(
    spec: { readonly name: string; readonly kind: StreamKind; readonly params: StreamParams },
    owner: StreamOwner,
    limits: WindowLimits,
    budget: MemoryBudget,
    base: number,
  ) {
    this.name = spec.name;
    this.kind = spec.kind;
    this.params = spec.params;
    this.#owner = owner;
    this.window = new ReplayWindow(limits, budget, base);
    this.sent = base;
  }

  get unsent(): number {
    return this.window.last - this.sent;
  }

  /** Sent, and not acknowledged yet. */
  get onTheWay(): number {
    return this.window.size - this.unsent;
  }

  /** Begins anew after `base`, with a gap where somebody relies on what was before. */
  restart(base: number, withGap: boolean): void {
    this.window.restart(base);
    this.sent = this.window.last;
    this.#replaceable = undefined;
    this.#owesGap = false;
    this.#isFresh = true;
    if (withGap) this.gap();
  }

  /** Goes on after `seq`, which the window covers. */
  resume(seq: number): void {
    this.window.ack(seq);
    this.sent = seq;
    if (this.unsent > 0 || this.ending !== undefined) this.#owner.ready(this);
  }

  gap(): void {
    this.#owesGap = false;
    this.#push(undefined, (seq) => ({ type: 'gap', stream: this.name, seq }));
  }

  /** A message of the exchange. Books are all alike: the first one is a snapshot. */
  tell(asked: ItemType, message: Message): void {
    // A heartbeat is of no use behind anything else, nor a second one behind the first.
    if (asked === 'heartbeat' && this.unsent > 0) return;
    if (this.#owesGap && asked !== 'heartbeat') this.gap();
    const isSkippable = asked === 'heartbeat' || this.kind === 'market_data';
    // Of an unsent snapshot and the book after it, one snapshot is left.
    const isSnapshot =
      this.kind === 'market_data' &&
      asked === 'update' &&
      (this.#isFresh || (this.#mayReplace() && this.#replaceable === 'snapshot'));
    const item = isSnapshot ? 'snapshot' : asked;
    if (asked !== 'heartbeat') this.#isFresh = false;
    const body = asked === 'heartbeat' ? {} : toJson(message);
    const at = new Date(this.#owner.now()).toISOString();
    this.#push(isSkippable ? item : undefined, (seq) => ({
      type: 'item',
      stream: this.name,
      seq,
      at,
      item,
      body,
    }));
  }

  live(): void {
    // Before it: whoever has missed something must not take what it has for the exchange's own.
    if (this.#owesGap) this.gap();
    this.#setState(true, '');
  }

  /** `hasMissed`: by its next opening the exchange will have told others what this stream was not told. */
  down(reason: string, hasMissed: boolean): void {
    this.#owesGap ||= hasMissed && !this.#isFresh;
    this.#isFresh ||= hasMissed;
    this.#setState(false, reason);
  }

  stateFrame(): FromRelay {
    return { type: 'state', stream: this.name, ...this.#state };
  }

  end(code: number, message: string): void {
    this.ending = { code, message: message.slice(0, MAX_REASON) };
    this.#owner.ready(this);
  }

  /** Frees the window. */
  forget(): void {
    this.window.restart(0);
  }

  #mayReplace(): boolean {
    return this.#replaceable !== undefined && this.unsent > 0;
  }

  #push(replaceable: ItemType | undefined, frame: (seq: number) => FromRelay): void {
    const write = (seq: number): string => JSON.stringify(frame(seq));
    if (replaceable !== undefined && this.#mayReplace()) this.window.replaceLast(write);
    else this.window.push(write);
    this.#replaceable = replaceable;
    if ((this.window.get(this.window.last)?.length ?? 0) > MAX_FRAME) {
      this.window.restart(0);
      this.sent = this.window.last;
      this.end(RESOURCE_EXHAUSTED, 'a message of the exchange is longer than a frame may be');
      return;
    }
    this.#owner.ready(this);
  }

  #setState(live: boolean, reason: string): void {
    if (this.#state.live === live && this.#state.reason === reason) return;
    this.#state = { live, reason: reason.slice(0, MAX_REASON) };
    if (this.isOpen) this.#owner.say(this.stateFrame());
  }
}
