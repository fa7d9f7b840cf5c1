import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { failure, RequestError } from '../../../../../shared/errors/failure.ts';
import type { VenueName } from '../../../../../shared/venues/venue-names.ts';
import { mergeListings } from './merged-listing.ts';
import { readPageCursor, writePageCursor } from '../page-cursor.ts';

const asked = ['polymarket', 'kalshi', 'limitless'] as const satisfies readonly VenueName[];
const silent = () => failure('VENUE_UNAVAILABLE', { retryAfter: 1 });

/** Listings of so many rows each; places are row numbers. `fails` says which calls find the exchange silent. */
const listings =
  (sizes: readonly number[], fails: (exchange: VenueName) => boolean = () => false) =>
  async (exchange: VenueName, limit: number, place: string | undefined) => {
    if (fails(exchange)) return silent();
    const size = sizes[asked.findIndex((one) => one === exchange)] ?? 0;
    const from = Number(place ?? 0);
    const to = Math.min(from + limit, size);
    const items = Array.from({ length: to - from }, (_, index) => `${exchange} ${from + index}`);
    return { ok: true, value: { items, ...(to < size && { next: String(to) }) } } as const;
  };

const all = (sizes: readonly number[]): readonly string[] =>
  asked.flatMap((exchange, nth) => Array.from({ length: sizes[nth] ?? 0 }, (_, row) => `${exchange} ${row}`));

const sizesOf = fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }), fc.nat({ max: 30 }));
const limitOf = fc.integer({ min: 1, max: 12 });

test('pages of any size show every row of every exchange once, and total ends as their number', async () => {
  await fc.assert(
    fc.asyncProperty(sizesOf, limitOf, async (sizes, limit) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await mergeListings(asked, { limit, cursor }, listings(sizes));
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        seen.push(...page.rows.map(({ item }) => item));
        expect(page.pagination).toMatchObject({ count: page.rows.length, total: seen.length });
        cursor = page.pagination.next_cursor;
      } while (cursor !== undefined);
      expect(seen.toSorted()).toEqual(all(sizes).toSorted());
    }),
  );
});

test('an exchange that is silent now and then loses no row and hides none of the others', async () => {
  await fc.assert(
    fc.asyncProperty(sizesOf, limitOf, fc.infiniteStream(fc.boolean()), async (sizes, limit, coin) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      // Each fails on every other throw at most: the listing ends.
      for (let page = 0; page < 400; page += 1) {
        const failing = new Set(asked.filter(() => page % 2 === 0 && coin.next().value));
        const fails = (exchange: VenueName): boolean => failing.has(exchange);
        const answer = await mergeListings(asked, { limit, cursor }, listings(sizes, fails)).catch(
          (error: unknown) => {
            // All that were asked: then the page is asked for again.
            if (error instanceof RequestError && error.failure.reason === 'VENUE_UNAVAILABLE')
              return undefined;
            throw error;
          },
        );
        if (!answer) continue;
        seen.push(...answer.rows.map(({ item }) => item));
        for (const [exchange, { success }] of Object.entries(answer.status))
          expect(success).toBe(!failing.has(exchange as VenueName));
        cursor = answer.pagination.next_cursor;
        if (cursor === undefined) break;
      }
      expect(cursor).toBeUndefined();
      expect(seen.toSorted()).toEqual(all(sizes).toSorted());
    }),
  );
});

test('what is wrong with the request itself is told, whoever else has answered', async () => {
  const page = mergeListings(asked, { limit: 9 }, async (exchange) =>
    exchange === 'kalshi' ? failure('INVALID_CURSOR') : { ok: true, value: { items: [1] } },
  );
  await expect(page).rejects.toMatchObject({ failure: { reason: 'INVALID_CURSOR' } });
});

test('a cursor comes back as it was written, and no other text is one', () => {
  const placed = fc.record({
    exchange: fc.constantFrom(...asked),
    place: fc.option(fc.string({ unit: 'grapheme', maxLength: 30 }), { nil: undefined }),
  });
  const place = fc.record({
    seen: fc.nat(),
    exchanges: fc.uniqueArray(placed, { minLength: 1, selector: ({ exchange }) => exchange }),
  });
  fc.assert(
    fc.property(place, (written) => {
      const text = writePageCursor(written);
      expect(text).toMatch(/^[\w-]+$/);
      expect(readPageCursor(text, asked)).toEqual(written);
    }),
  );
  const one = writePageCursor({ exchanges: [{ exchange: 'kalshi' }], seen: 0 });
  expect(() => readPageCursor(one, ['polymarket'])).toThrow('Invalid cursor');
  const encode = (value: unknown): string => btoa(JSON.stringify(value));
  for (const text of [
    '',
    '!',
    'e30',
    encode({ e: [], n: 0 }),
    encode({ e: [['kalshi', null]], n: -1 }),
    encode({ e: [['kalshi', 'x'.repeat(601)]], n: 0 }),
    encode({
      e: [
        ['kalshi', null],
        ['kalshi', 'a'],
      ],
      n: 0,
    }),
    encode({ e: [['nyse', null]], n: 0 }),
  ])
    expect(() => readPageCursor(text, asked), text).toThrow('Invalid cursor');
});
