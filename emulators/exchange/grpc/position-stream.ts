import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { accountsFor, type Credentials } from '../commands/caller.ts';
import { names, read } from '../commands/wire.ts';
import { accountOf } from '../engine/engine.ts';
import { positionView, rfc3339, type WireRecord } from '../engine/views.ts';
import { nowMs, type Venue } from '../state.ts';
import { fromMessage, toMessage } from './encode.ts';
import { openStream, type StreamCall } from './open-stream.ts';

const requestSchema = z.object({ accounts: names });

/** `CreatePositionSubscription`: all positions, then each as it is after it changed. */
export function positionStream(venue: Venue, call: StreamCall, credentials: Credentials): void {
  const request = read(requestSchema, fromMessage(call.request));
  const stream = openStream(venue, call, {
    kind: 'positions',
    scope: 'account',
    credentials,
    heartbeat: { heartbeat: {} },
  });
  const accounts = accountsFor(stream.user, request.accounts);
  const session_id = randomUUID();
  const sendEvent = (event: WireRecord): void =>
    stream.send(toMessage({ ...event, session_id, processed_sent_time: rfc3339(nowMs(venue)) }) as object);
  sendEvent({ snapshot: { positions: positionViews(venue, accounts) } });
  stream.follow(({ positions }) => {
    const changed = positionViews(venue, accounts, positions);
    if (changed.length > 0) sendEvent({ update: { positions: changed } });
  });
}

/** All of the accounts, or only those of `<account> <symbol>`. */
function positionViews(
  venue: Venue,
  accounts: ReadonlySet<string>,
  only?: ReadonlySet<string>,
): readonly WireRecord[] {
  return [...accounts].flatMap((account) =>
    [...accountOf(venue.engine, account, nowMs(venue)).positions]
      .filter(([symbol]) => only === undefined || only.has(`${account} ${symbol}`))
      .map(([symbol, position]) => positionView(account, symbol, position)),
  );
}
