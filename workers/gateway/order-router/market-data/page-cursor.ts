import * as z from 'zod';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { venueNames, type VenueName } from '../../../../shared/venues/venue-names.ts';

/** Longest cursor of one exchange: venues' own stay below 300 characters. */
const MAX_PLACE = 600;
/** Longer than a cursor with that of every exchange: base64 makes four characters of three. */
export const MAX_PAGE_CURSOR = 6_000;

/** Where a listing of several exchanges goes on: those without a place have not begun, those left out are done. */
export interface PagePlace {
  readonly exchanges: readonly { readonly exchange: VenueName; readonly place?: string | undefined }[];
  /** Rows that the pages before have shown. */
  readonly seen: number;
}

const shape = z.strictObject({
  e: z.array(z.tuple([z.enum(venueNames), z.string().max(MAX_PLACE).nullable()])).min(1),
  n: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});

/** Opaque text for callers to hand back unread. */
export function writePageCursor({ exchanges: places, seen }: PagePlace): string {
  const rows = places.map(({ exchange, place }) => [exchange, place ?? null]);
  const bytes = new TextEncoder().encode(JSON.stringify({ e: rows, n: seen }));
  return btoa(String.fromCharCode(...bytes)).replaceAll(/[+/=]/g, (letter) => URL_SAFE[letter] ?? '');
}

/**
 * Reads one back. Throws INVALID_CURSOR for what `writePageCursor` has not written, or not for a listing of `asked`.
 */
export function readPageCursor(text: string, asked: readonly VenueName[]): PagePlace {
  const { data } = shape.safeParse(decoded(text));
  const names = data?.e.map(([exchange]) => exchange) ?? [];
  const fits = new Set(names).size === names.length && names.every((name) => asked.includes(name));
  if (!data || !fits) throw new RequestError('INVALID_CURSOR');
  return {
    exchanges: data.e.map(([exchange, place]) => ({ exchange, place: place ?? undefined })),
    seen: data.n,
  };
}

const URL_SAFE: Readonly<Record<string, string>> = { '+': '-', '/': '_' };

function decoded(text: string): unknown {
  try {
    const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
