import type { WireRecord, WireValue } from '../engine/views.ts';

/** Messages go between JSON's form and protobuf's: only times differ, whose fields all end in `_time`. */
export function toMessage(value: WireValue): unknown {
  if (typeof value !== 'object') return value;
  if (isList(value)) return value.map(toMessage);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key.endsWith('_time') && typeof item === 'string' ? toTimestamp(item) : toMessage(item),
    ]),
  );
}

function isList(value: WireRecord | readonly WireValue[]): value is readonly WireValue[] {
  return Array.isArray(value);
}

interface Timestamp {
  readonly seconds: string;
  readonly nanos: number;
}

function toTimestamp(rfc3339: string): Timestamp {
  const ms = Date.parse(rfc3339);
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}

/** A request as proto-loader decodes it, with its times as JSON writes them. */
export function fromMessage(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromMessage);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key.endsWith('_time') ? fromTimestamp(item) : fromMessage(item),
    ]),
  );
}

function fromTimestamp(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { seconds, nanos } = value as Partial<Timestamp>; // as `longs: String` decodes one
  const ms = Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1_000_000);
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : 'out of range';
}
