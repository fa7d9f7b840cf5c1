import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { participantOf } from '../auth/users.ts';
import { accountsFor, type Credentials } from '../commands/caller.ts';
import { openOrderViews } from '../commands/lookups.ts';
import { names, read } from '../commands/wire.ts';
import type { CancelRejectRecord } from '../engine/effects.ts';
import { prune, rfc3339, type WireRecord } from '../engine/views.ts';
import { nowMs, type Venue } from '../state.ts';
import { fromMessage, toMessage } from './encode.ts';
import { openStream, type StreamCall } from './open-stream.ts';

const requestSchema = z.object({
  symbols: z.array(z.string()).default([]),
  accounts: names,
  snapshot_only: z.boolean().default(false),
});

/** `CreateOrderSubscription`: the open orders, then every execution after them, each once. */
export function orderStream(venue: Venue, call: StreamCall, credentials: Credentials): void {
  const request = read(requestSchema, fromMessage(call.request));
  const stream = openStream(venue, call, {
    kind: 'orders',
    scope: 'account',
    credentials,
    heartbeat: { heartbeat: {} },
  });
  const accounts = accountsFor(stream.user, request.accounts);
  const participant = participantOf(stream.user);
  const session_id = randomUUID();
  const sendEvent = (event: WireRecord): void =>
    stream.send(toMessage({ ...event, session_id, processed_sent_time: rfc3339(nowMs(venue)) }) as object);
  sendEvent({ snapshot: { orders: openOrderViews(venue, accounts, request.symbols) } });
  if (request.snapshot_only) {
    stream.finish();
    return;
  }
  // What was held back when the stream opened is in its snapshot already.
  const seen = venue.engine.executionCount;
  const symbols = new Set(request.symbols);
  stream.follow(({ executions, cancelRejects }) => {
    const told = executions.filter(
      ({ owner, symbol, seq }) =>
        seq > seen && accounts.has(owner.account) && (symbols.size === 0 || symbols.has(symbol)),
    );
    if (told.length > 0) sendEvent({ update: { executions: told.map(({ view }) => view) } });
    for (const reject of cancelRejects)
      if (reject.owner.participant === participant)
        sendEvent({ update: { cancel_reject: cancelRejectView(reject) } });
  });
}

function cancelRejectView(reject: CancelRejectRecord): WireRecord {
  return prune({
    order_id: reject.orderId,
    clord_id: reject.clordId,
    reject_reason: reject.reason,
    text: reject.text,
    is_replace: reject.isReplace,
    transact_time: rfc3339(reject.transactMs),
  });
}
