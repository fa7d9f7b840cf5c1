import * as z from 'zod';
import type { Credentials } from '../commands/caller.ts';
import { names, read, time } from '../commands/wire.ts';
import type { ExecutionRecord } from '../engine/effects.ts';
import { denied, invalid } from '../exchange-error.ts';
import type { Venue } from '../state.ts';
import { fromMessage, toMessage } from './encode.ts';
import { openStream, type StreamCall } from './open-stream.ts';

const requestSchema = z.object({
  resume_token: z.instanceof(Uint8Array).optional(),
  resume_time: time,
  symbols: names,
  firms: names,
});

/** Executions of a replay go out in batches of this many. */
const BATCH = 100;
const TOKEN = /^drop-copy:(\d{1,15})$/;

/**
 * `CreateDropCopySubscription`: every execution of the firm. Without a token or a time it begins now; with one, it
 * repeats the execution at the token, because delivery is at least once. No snapshot, no heartbeat.
 */
export function dropCopy(venue: Venue, call: StreamCall, credentials: Credentials): void {
  const { resume_token: token } = call.request as { resume_token?: unknown }; // bytes must not be taken for a list
  const request = read(requestSchema, { ...(fromMessage(call.request) as object), resume_token: token });
  const stream = openStream(venue, call, { kind: 'drop_copy', scope: 'account', credentials });
  const { firm } = stream.user;
  const others = request.firms.some((name) => name !== firm && name !== `firms/${firm}`);
  if (others) throw denied('not your firm');
  const symbols = new Set(request.symbols);
  const sendBatches = (executions: readonly ExecutionRecord[]): void => {
    const mine = executions.filter(
      ({ owner, symbol }) => owner.firm === firm && (symbols.size === 0 || symbols.has(symbol)),
    );
    for (let start = 0; start < mine.length; start += BATCH) {
      const batch = mine.slice(start, start + BATCH);
      stream.send({
        resume_token: Buffer.from(`drop-copy:${batch.at(-1)?.seq ?? 0}`),
        executions: toMessage(batch.map(({ view }) => view)),
      });
    }
  };
  sendBatches(missed(venue, request.resume_token, request.resume_time));
  stream.follow(({ executions }) => sendBatches(executions));
}

function missed(
  venue: Venue,
  token: Uint8Array | undefined,
  since: number | undefined,
): readonly ExecutionRecord[] {
  if (token !== undefined && token.length > 0) {
    const seq = Number(TOKEN.exec(Buffer.from(token).toString('utf8'))?.[1] ?? Number.NaN);
    const oldest = venue.log[0]?.seq ?? 1;
    if (!(seq >= oldest && seq <= venue.engine.executionCount)) throw invalid('invalid resume_token');
    return venue.log.filter((execution) => execution.seq >= seq);
  }
  return since === undefined ? [] : venue.log.filter(({ transactMs }) => transactMs >= since);
}
