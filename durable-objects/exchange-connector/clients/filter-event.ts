import * as z from 'zod';
import type { ClientEvent } from '../streams/wire.ts';

/** The event as it concerns these symbols; undefined when it does not. Gaps and heartbeats concern everybody. */
export function filterEvent(event: ClientEvent, wanted: true | readonly string[]): ClientEvent | undefined {
  if (wanted === true || event.type === 'gap' || event.type === 'heartbeat') return event;
  const body = Object.fromEntries(
    Object.entries(event.body).flatMap(([name, value]) => {
      if (!Array.isArray(value)) return [[name, value] as const];
      return [[name, value.filter((one: unknown) => wanted.includes(symbolIn(one)))] as const];
    }),
  );
  const isEmpty = Object.values(body).every((value) => Array.isArray(value) && value.length === 0);
  return isEmpty && event.type === 'update' ? undefined : { ...event, body };
}

/** Of an order, an execution of one, or a position. */
const named = z.object({
  symbol: z.string().optional(),
  order: z.object({ symbol: z.string().optional() }).optional(),
});
function symbolIn(value: unknown): string {
  const { data } = named.safeParse(value);
  return data?.symbol ?? data?.order?.symbol ?? '';
}
