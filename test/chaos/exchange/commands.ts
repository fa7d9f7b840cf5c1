import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Random } from '../random.ts';

/** A command and what became of it. */
export interface SentCommand {
  readonly rpc: 'insert_order' | 'cancel_order' | 'cancel_replace_order';
  /** `clord_id` of an order or of what replaces it, `Idempotency-Key` of a cancel. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  tries: number;
  end: 'open' | 'done' | 'refused';
  /** Of an order that was taken; else the order that is changed or ended. */
  orderId: string | undefined;
  /** The last reply, for whoever looks for the reason. */
  told: string;
}

export interface CommandContext {
  readonly url: string;
  readonly key: string;
  readonly symbols: readonly string[];
  /** By the gateway's word for them. */
  readonly replies: Map<string, number>;
}

/** Longer than the gateway gives the exchange. */
const REPLY_MS = 120_000;
const PAUSE_MS = 150;
/** Between two commands of a lane: a key may have 100 requests a second. */
const PACE_MS = 80;
/** In one go. */
const TRIES = 3;
/** Uncertain commands that a lane leaves waiting before it says them again and nothing else. */
const MOST_WAITING = 20;
/** Orders that a lane leaves at rest. */
const MOST_RESTING = 4;

/** Says orders and cancels until `stop`, and each again until it is answered for certain. */
export class Lane {
  readonly said: SentCommand[] = [];
  readonly #counter: CommandContext;
  readonly #random: Random;
  readonly #resting: { readonly id: string; readonly symbol: string }[] = [];
  /** Of which nobody can say yet what became of them. */
  readonly #waiting: SentCommand[] = [];
  #isStopped = false;
  #giveUpAt = Number.POSITIVE_INFINITY;
  #done: Promise<void> | undefined;

  constructor(counter: CommandContext, random: Random) {
    this.#counter = counter;
    this.#random = random;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Says nothing new; what was said is said again until then (Unix ms). */
  async stop(giveUpAt: number): Promise<void> {
    this.#isStopped = true;
    this.#giveUpAt = giveUpAt;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const waits = this.#waiting.length >= MOST_WAITING || this.#random.chance(0.1);
      const command = (waits ? this.#waiting.shift() : undefined) ?? this.#next();
      await this.#say(command, TRIES);
      await sleep(PACE_MS);
    }
    while (this.#waiting.length > 0 && Date.now() < this.#giveUpAt) {
      const command = this.#waiting.shift();
      if (command) await this.#say(command, TRIES);
    }
  }

  #next(): SentCommand {
    const resting =
      this.#resting.length >= MOST_RESTING || this.#random.chance(0.4) ? this.#resting.shift() : undefined;
    const changeOf = this.#random.chance(0.4) ? replaceOf : cancelOf;
    const command = resting ? changeOf(resting, this.#random.uuid()) : this.#order();
    this.said.push(command);
    return command;
  }

  #order(): SentCommand {
    const random = this.#random;
    const symbol = this.#counter.symbols[random.between(0, this.#counter.symbols.length - 1)];
    const name = random.uuid();
    const isBuying = random.chance(0.5);
    // Most rest far from the market, on both sides; some take what there is and end at once.
    const takes = random.chance(0.3);
    const price = isBuying === takes ? '990' : '10';
    const body = {
      type: 'ORDER_TYPE_LIMIT',
      side: isBuying ? 'SIDE_BUY' : 'SIDE_SELL',
      symbol,
      order_qty: '1',
      price,
      time_in_force: takes ? 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL' : RESTS,
      clord_id: name,
    };
    return { rpc: 'insert_order', name, body, tries: 0, end: 'open', orderId: undefined, told: '' };
  }

  /** As often as a bot would in one go; what is uncertain then waits, and others have their turn. */
  async #say(command: SentCommand, tries: number): Promise<void> {
    for (let nth = 0; nth < tries && command.end === 'open'; nth += 1) {
      if (nth > 0) await sleep(PAUSE_MS);
      await this.#sayOnce(command);
    }
    if (command.end === 'open') {
      this.#waiting.push(command);
      return;
    }
    const { symbol, time_in_force } = command.body;
    const rests = command.rpc === 'insert_order' ? time_in_force === RESTS : command.rpc !== 'cancel_order';
    if (rests && command.orderId !== undefined)
      this.#resting.push({ id: command.orderId, symbol: String(symbol) });
  }

  async #sayOnce(command: SentCommand): Promise<void> {
    const { url, key, replies } = this.#counter;
    const count = (word: string): void => void replies.set(word, (replies.get(word) ?? 0) + 1);
    try {
      const response = await fetch(`${url}/api/v1beta1/${command.rpc}`, {
        method: 'POST',
        headers: {
          'x-api-key': key,
          'content-type': 'application/json',
          ...(command.rpc === 'cancel_order' && { 'idempotency-key': command.name }),
        },
        body: JSON.stringify(command.body),
        // Time bound: a reply that is lost is part of the storm; the command is retried.
        signal: AbortSignal.timeout(REPLY_MS),
      });
      command.tries += 1;
      const text = await response.text();
      const reason = response.headers.get('x-polysim-code') ?? String(response.status);
      count(response.ok ? 'ok' : reason);
      command.told = `${response.status} ${text.slice(0, 300)}`;
      if (response.ok) {
        command.end = 'done';
        command.orderId ??= placed.parse(JSON.parse(text)).order_id;
        return;
      }
      const again =
        response.status === 429 || response.status >= 500 || reason === 'IDEMPOTENCY_CONFLICT_PENDING';
      if (!again) command.end = 'refused';
    } catch {
      // Nobody listened, or the reply was lost: the same words again.
      command.tries += 1;
      count('no reply');
    }
  }
}

const RESTS = 'TIME_IN_FORCE_GOOD_TILL_CANCEL';
const placed = z.object({ order_id: z.string().optional() });

/** In place: the order keeps its id and has the new name. */
const replaceOf = (
  { id, symbol }: { readonly id: string; readonly symbol: string },
  name: string,
): SentCommand => ({
  rpc: 'cancel_replace_order',
  name,
  body: { order_id: id, symbol, order_qty: '2', clord_id: name },
  tries: 0,
  end: 'open',
  orderId: id,
  told: '',
});

const cancelOf = (
  { id, symbol }: { readonly id: string; readonly symbol: string },
  name: string,
): SentCommand => ({
  rpc: 'cancel_order',
  name,
  body: { order_id: id, symbol },
  tries: 0,
  end: 'open',
  orderId: id,
  told: '',
});
