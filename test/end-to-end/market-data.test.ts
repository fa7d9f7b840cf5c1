import { beforeAll, describe, expect, inject, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { ask, expectRefusal, member, rowsOf, textOf, type Answer } from './support/ask.ts';

const file = inject('postern');
let market: { readonly condition: string; readonly yes: string; readonly no: string };
beforeAll(async () => {
  market = await openMarket(file);
});
const read = (path: string): Promise<Answer> => ask(file.url, 'GET', `/v1${path}`);

const decimal = expect.stringMatching(/^\d+(\.\d+)?$/) as unknown;
const level = { price: decimal, size: decimal };
const shapes: readonly (readonly [string, unknown])[] = [
  ['/tick-size?token_id={yes}', { minimum_tick_size: 0.01 }],
  ['/tick-size/{yes}', { minimum_tick_size: 0.01 }],
  ['/neg-risk?token_id={yes}', { neg_risk: false }],
  ['/fee-rate?token_id={yes}', { base_fee: expect.any(Number) as unknown }],
  ['/price?token_id={yes}&side=BUY', { price: decimal }],
  ['/price?token_id={yes}&side=sell', { price: decimal }],
  ['/midpoint?token_id={yes}', { mid: decimal }],
  ['/spread?token_id={yes}', { spread: decimal }],
  ['/last-trade-price?token_id={yes}', { price: decimal, side: expect.any(String) as unknown }],
  ['/prices-history?market={yes}&interval=1d', { history: expect.any(Array) as unknown }],
  ['/markets-by-token/{yes}', { condition_id: expect.any(String) as unknown }],
  ['/clob-markets/{condition}', { c: expect.any(String) as unknown, t: expect.any(Array) as unknown }],
  ['/markets/{condition}', { condition_id: expect.any(String) as unknown }],
  ['/markets', { data: expect.any(Array) as unknown, next_cursor: expect.any(String) as unknown }],
];
const fill = (path: string): string =>
  path.replace('{yes}', market.yes).replace('{condition}', market.condition);

describe('market data', () => {
  test.each(shapes)('%s', async (path, shape) => {
    const answer = await read(fill(path));
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject(shape as object);
  });

  test('a book has its best price last on either side, and one that is asked for in a list is the same', async () => {
    const book = await read(`/book?token_id=${market.yes}`);
    expect(book.json).toMatchObject({
      market: market.condition,
      asset_id: market.yes,
      timestamp: expect.stringMatching(/^\d{13}$/) as unknown,
      hash: expect.stringMatching(/^[0-9a-f]{40}$/) as unknown,
      tick_size: expect.anything() as unknown,
      min_order_size: expect.anything() as unknown,
      neg_risk: false,
    });
    const prices = (side: string): readonly number[] => {
      const levels = member(book, side) as readonly { readonly price: string }[];
      for (const one of levels) expect(one).toEqual(level);
      return levels.map(({ price }) => Number(price));
    };
    const [bids, asks] = [prices('bids'), prices('asks')];
    expect(bids).toEqual(bids.toSorted((a, b) => a - b));
    expect(asks).toEqual(asks.toSorted((a, b) => b - a));
    const body = [{ token_id: market.yes }, { token_id: market.no }];
    const passed = await ask(file.url, 'POST', '/v1/books', { body });
    // What a venue says is shown under our name: to a browser it is never a page.
    expect(passed.headers.get('x-content-type-options')).toBe('nosniff');
    const several = rowsOf(passed);
    expect(new Set(several.map((row) => row['asset_id']))).toEqual(new Set([market.yes, market.no]));
  });

  test.each(['/book', '/midpoint', '/spread', '/last-trade-price'])(
    "%s of a token that no market has: the venue's own words",
    async (path) => {
      const answer = await read(`${path}?token_id=1`);
      expectRefusal(answer, 404, 'TOKEN_NOT_FOUND');
      expect(textOf(answer, 'error')).toBe('No orderbook exists for the requested token id');
    },
  );

  test.each(['/markets', '/clob-markets'])(
    '%s of a condition that is none is MARKET_NOT_FOUND',
    async (path) => {
      expectRefusal(await read(`${path}/0x${'0'.repeat(64)}`), 404, 'MARKET_NOT_FOUND');
    },
  );

  test('a mistyped key is told, though nobody needs one here', async () => {
    const headers = { 'x-api-key': `pst_test_${'A'.repeat(48)}` };
    expectRefusal(await ask(file.url, 'GET', '/v1/keys/tiers', { headers }), 401, 'INVALID_KEY');
  });
});
