import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { signFee } from './fees.ts';
import type { Markets } from './accounts.ts';
import type { CommandEnd, SentCommand } from './sent-command.ts';

/** Longer than the gateway gives a venue. */
const REPLY_MS = 120_000;
/** Pauses are short: a storm is to be dense. `Retry-After` is for clients with more time. */
const PAUSE_MS = 250;
/**
 * Tries in one go. A caller with a name for its command may say it again any time later; an SDK gives up here, well
 * within the time in which its retry is still the same command.
 */
const TRIES = 3;

/** How the gateway refuses a fee that was taken before: then the command before it was released. */
const FEE_USED = 'fee_auth.order_id: was used before';

const orderReply = z.object({ id: z.string(), status: z.string() });

/** What all bots share. `replies` counts what they were told, by the gateway's word for it. */
export interface ClientContext {
  readonly url: string;
  readonly markets: Markets;
  readonly replies: Map<string, ReplyCounts>;
}

/** How often bots were told something, and how long they waited for it altogether. */
export interface ReplyCounts {
  readonly count: number;
  readonly ms: number;
}

/** Says a command as a careful bot does, until it is certain what became of it, it gives up, or `until` (ms since 1970). */
export async function sendCommand(
  street: ClientContext,
  said: SentCommand,
  until: number,
  tries = TRIES,
): Promise<void> {
  const { planned } = said;
  const before = said.tries;
  while (said.end.state === 'open' || said.end.state === 'released') {
    const first = said.tries === 0;
    if (!first && said.planned.commandIdentity === 'none') return;
    if (said.tries >= before + tries) return;
    if (!first) await sleep(PAUSE_MS);
    if (Date.now() >= until) return;
    said.tries += 1;
    const end = await sendOnce(street, said);
    if (end === 'unheard') {
      said.tries -= 1;
      await sleep(PAUSE_MS);
      continue;
    }
    if (end.state === 'acknowledged') said.ids.add(end.id);
    // Lost on the way: the bot knows nothing of it and says it again.
    said.end = first && planned.losesReply && planned.commandIdentity !== 'none' ? { state: 'open' } : end;
  }
}

/** Whether the same words may be said at any later time and mean this command. */
export const canRetryLater = ({ planned }: SentCommand): boolean =>
  planned.commandIdentity === 'key' || planned.commandIdentity === 'client';

/** `unheard`: nobody listened, so nothing was said. */
async function sendOnce(
  { url, markets, replies }: ClientContext,
  said: SentCommand,
): Promise<CommandEnd | 'unheard'> {
  const began = performance.now();
  const count = (word: string): void => {
    const { count: before, ms } = replies.get(word) ?? { count: 0, ms: 0 };
    replies.set(word, { count: before + 1, ms: ms + performance.now() - began });
  };
  try {
    const response = await fetch(`${url}${pathOf(said)}`, {
      method: said.target === undefined ? 'POST' : 'DELETE',
      headers: headersOf(said),
      // Time bound: a reply that is lost is part of the storm; the command is retried.
      signal: AbortSignal.timeout(REPLY_MS),
      ...(said.target === undefined && { body: JSON.stringify(bodyOf(said, markets)) }),
    });
    const text = await response.text();
    const reason = response.headers.get('x-polysim-code') ?? '';
    count(response.ok ? 'ok' : reason === '' ? String(response.status) : reason);
    if (text.includes(FEE_USED)) {
      // The fee was taken, its order came to nothing, and the fee goes back: the next try needs another signature.
      await signFee(said);
      return { state: 'released' };
    }
    if (response.status === 200) return { state: 'acknowledged', ...orderReply.parse(JSON.parse(text)) };
    return judge(response.status, reason);
  } catch (error) {
    if (refusedConnection.safeParse(error).success) return 'unheard';
    count('no reply');
    return { state: 'open' };
  }
}

function judge(status: number, reason: string): CommandEnd {
  if (reason === 'VENUE_UNAVAILABLE') return { state: 'released' };
  const again = status === 429 || status >= 500 || reason === 'IDEMPOTENCY_CONFLICT_PENDING';
  return again ? { state: 'open' } : { state: 'refused', reason };
}

const refusedConnection = z.object({ cause: z.object({ code: z.literal('ECONNREFUSED') }) });

const pathOf = ({ account, target }: SentCommand): string =>
  `/api/v1/orders${target === undefined ? '' : `/${target}`}?exchange=${account.venue}`;

/** A cancel has no client order id: it goes by a key instead. */
const hasKey = ({ planned, target }: SentCommand): boolean =>
  planned.commandIdentity === 'key' || (planned.commandIdentity === 'client' && target !== undefined);

function headersOf(said: SentCommand): Record<string, string> {
  const { account, planned, tries, target } = said;
  return {
    ...account.headers,
    ...(target === undefined && { 'content-type': 'application/json' }),
    ...(hasKey(said) && { 'idempotency-key': planned.name }),
    ...(planned.commandIdentity === 'sdk' && { 'x-stainless-retry-count': String(tries - 1) }),
  };
}

const bodyOf = (said: SentCommand, markets: Markets): object => {
  const { account, planned, fees } = said;
  return {
    market_id: markets[account.venue],
    outcome: 'Yes',
    side: 'buy',
    price: planned.price,
    size: planned.size,
    ...(fees.length > 0 && { fee_auth: fees.at(-1) }),
    ...(planned.commandIdentity === 'client' && { params: { client_order_id: planned.name } }),
  };
};
