import * as z from 'zod';
import { invalid } from '../exchange-error.ts';

/** Requests as v1beta1 writes them, whichever way they came: snake_case, int64 as text or number, times as RFC 3339. */
const INT64_MAX = 2n ** 63n - 1n;
const MAX_LIST = 1000;

const int64 = z
  .union([z.string().regex(/^-?\d{1,19}$/, 'an int64'), z.number().int()])
  .transform(BigInt)
  .refine((value) => value <= INT64_MAX && value >= -INT64_MAX - 1n, 'an int64');

/** Zero on the wire is nothing. */
export const amount = int64.optional().transform((value) => (value === 0n ? undefined : value));

export const text = z.string().max(500).default('');
export const name = z.string().max(200).default('');
export const names = z.array(z.string().max(200)).max(MAX_LIST).default([]);
export const flag = z.boolean().default(false);

export const clordId = z.union([
  z.literal(''),
  z.string().regex(/^[!-~]{1,64}$/, 'clord_id must be 1 to 64 visible ASCII characters'),
]);

export const time = z.iso
  .datetime({ offset: true })
  .optional()
  .transform((value) => (value === undefined ? undefined : Date.parse(value)));

/** An enum member; the zero one, whose name ends in UNDEFINED, is like none. */
export function member<const T extends readonly [string, ...string[]]>(members: T, undefinedMember: string) {
  return z
    .union([z.enum(members), z.literal(undefinedMember)])
    .optional()
    .transform((value): T[number] | undefined =>
      value === undefinedMember ? undefined : members.find((known) => known === value),
    );
}

export const pageFields = {
  page_size: z.number().int().min(0).max(1000).default(0),
  page_token: z.string().max(100).default(''),
};

const DEFAULT_PAGE = 50;

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/** Tokens are offsets: good for as long as what they page over only grows at its end. */
export function page<T>(
  items: readonly T[],
  { page_size: size, page_token: token }: { readonly page_size: number; readonly page_token: string },
): Page<T> {
  const start = token === '' ? 0 : Number(token);
  if (!Number.isSafeInteger(start) || start < 0) throw invalid('invalid page_token');
  const end = start + (size === 0 ? DEFAULT_PAGE : size);
  return { items: items.slice(start, end), nextPageToken: end < items.length ? String(end) : '' };
}

/** @throws INVALID_ARGUMENT, naming what is wrong. */
export function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).replaceAll('\n', '; '));
  return parsed.data;
}
