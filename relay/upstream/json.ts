import type { Message } from './channel.ts';

/**
 * A decoded message as the exchange's own JSON writes it: times in RFC 3339. proto-loader already has int64 as strings,
 * enums by name, bytes as base64, and leaves out what has its zero value.
 */
export function toJson(message: Message): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message)
      // With `oneofs`, the name of the one that is set comes beside it.
      .filter(([key, value]) => key !== ONEOF || typeof value !== 'string' || !(value in message))
      .map(([key, value]) => [key, convert(key, value)]),
  );
}

/** Subscriptions call their oneof so. */
const ONEOF = 'event';

function convert(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => convert('', item));
  if (typeof value !== 'object' || value === null) return value;
  if (key.endsWith('_time')) return rfc3339(value) ?? value;
  return toJson(value as Message);
}

function rfc3339(value: object): string | undefined {
  // `google.protobuf.Timestamp` with `longs: String`.
  const { seconds = '0', nanos = 0 } = value as { readonly seconds?: unknown; readonly nanos?: unknown };
  const ms = Number(seconds) * 1000;
  if (typeof nanos !== 'number' || !Number.isFinite(ms) || Math.abs(ms) > MAX_DATE_MS) return undefined;
  const whole = new Date(ms).toISOString().slice(0, -'.000Z'.length);
  if (nanos === 0) return `${whole}Z`;
  const digits = String(nanos).padStart(9, '0');
  // Three, six or nine digits, as protobuf's JSON has them.
  return `${whole}.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}Z`;
}

/** What `Date` can hold. */
const MAX_DATE_MS = 8.64e15;
