import { beforeAll, describe, expect, inject, test } from 'vitest';
import { markets } from '../support/markets.ts';
import { textOf, type Answer } from './support/ask.ts';
import { expectRouterRefusal } from './support/builder.ts';
import type { LiveStage } from './support/live-stage.ts';
import { marketDataStage, of, type MarketDataStage } from './support/market-data-stage.ts';

const file = inject('postern');
let asking: MarketDataStage;
let poly: LiveStage;
let kalshi: LiveStage;
beforeAll(async () => {
  asking = await marketDataStage(file);
  ({ poly, kalshi } = asking);
});
const get = (path: string): Promise<Answer> => asking.get(path);
const ok = (path: string): Promise<Answer> => asking.ok(path);
const stages = (): readonly LiveStage[] => [poly, kalshi];

describe('a market is named', () => {
  test('by parsec_id or by exchange and market_id; the outcome in any case, Yes where none is named', async () => {
    for (const { venue, market } of stages()) {
      const forms = [
        `parsec_id=${venue}:${market}`,
        `exchange=${venue}&market_id=${market}`,
        `parsec_id=${venue}:${market}&exchange=${venue}&market_id=${market}&outcome=YES`,
      ];
      for (const form of forms) {
        expect((await ok(`orderbook?${form}`)).json).toMatchObject({
          parsec_id: `${venue}:${market}`,
          exchange: venue,
          market_id: market,
          outcome: 'Yes',
        });
      }
    }
  });

  test.each(['orderbook?', 'price?', 'trades?', 'execution-price?side=buy&amount=1&'])(
    'what %s cannot be asked for is refused for its reason',
    async (path) => {
      const refused = [
        ['', 400, 'missing_parameter', 'MISSING_PARAMETER'],
        ['exchange=kalshi', 400, 'missing_parameter', 'MISSING_PARAMETER'],
        ['market_id=X', 400, 'missing_parameter', 'MISSING_PARAMETER'],
        ['parsec_id=kalshi', 400, 'validation_error', 'VALIDATION_FAILED'],
        ['parsec_id=kalshi:', 400, 'validation_error', 'VALIDATION_FAILED'],
        ['parsec_id=kalshi:A%20B', 400, 'validation_error', 'VALIDATION_FAILED'],
        ['parsec_id=kalshi:A&market_id=B', 400, 'validation_error', 'VALIDATION_FAILED'],
        ['parsec_id=kalshi:A&strange=1', 400, 'validation_error', 'VALIDATION_FAILED'],
        ['parsec_id=nyse:A', 404, 'exchange_not_found', 'EXCHANGE_NOT_FOUND'],
        ['exchange=nyse&market_id=A', 404, 'exchange_not_found', 'EXCHANGE_NOT_FOUND'],
        ['parsec_id=kalshi:NO-SUCH', 404, 'market_not_found', 'MARKET_NOT_FOUND'],
        [`parsec_id=paper:0x${'9'.repeat(64)}`, 404, 'market_not_found', 'MARKET_NOT_FOUND'],
        [`${of(kalshi)}&outcome=maybe`, 400, 'validation_error', 'VALIDATION_FAILED'],
        [`${of(poly)}&outcome=maybe`, 400, 'validation_error', 'VALIDATION_FAILED'],
      ] as const;
      for (const [query, status, code, reason] of refused)
        expectRouterRefusal(await get(`${path}${query}`), status, code, reason);
      expect(textOf(await get(`${path}${of(poly)}&outcome=maybe`), 'error')).toContain('Yes, No');
    },
  );
});

describe('/orderbook', () => {
  test('numbers, bids from the highest and asks from the lowest, as many as asked for', async () => {
    for (const stage of stages()) {
      const path = `orderbook?${of(stage)}`;
      const bids = [
        [0.4, 50.5],
        [0.38, 70],
      ];
      const asks = [
        [0.45, 10],
        [0.5, 30],
        [0.6, 20],
      ];
      await asking.settled(path, 'bids', bids);
      const whole = await ok(path);
      expect(whole.json).toMatchObject({ bids, asks, tick_size: 0.01 });
      expect(Date.parse(textOf(whole, 'timestamp'))).toBeGreaterThan(0);
      for (const one of ['limit=1', 'depth=1', 'limit=1&depth=1'])
        expect((await ok(`${path}&${one}`)).json).toMatchObject({
          bids: bids.slice(0, 1),
          asks: asks.slice(0, 1),
        });
      for (const bad of ['limit=0', 'limit=101', 'limit=x', 'limit=2&depth=1'])
        expectRouterRefusal(await get(`${path}&${bad}`), 400, 'validation_error', 'VALIDATION_FAILED');
    }
  });

  test("Kalshi's NO side is its YES side inverted: a bid of YES at p is an ask of NO at 1 - p", async () => {
    const path = `orderbook?${of(kalshi)}&outcome=no`;
    await asking.settled(path, 'asks', [
      [0.6, 50.5],
      [0.62, 70],
    ]);
    expect((await ok(path)).json).toMatchObject({
      outcome: 'No',
      token_id: null,
      bids: [
        [0.55, 10],
        [0.5, 30],
        [0.4, 20],
      ],
    });
  });

  test("paper's book is Polymarket's under its own name, and books of the past are nowhere", async () => {
    const paper = await ok(`orderbook?${of({ venue: 'paper', market: poly.market })}`);
    expect(paper.json).toMatchObject({ exchange: 'paper', parsec_id: `paper:${poly.market}` });
    expect(textOf(paper, 'token_id')).toBe(textOf(await ok(`orderbook?${of(poly)}`), 'token_id'));
    expectRouterRefusal(await get(`orderbook?${of(poly)}&start_ts=1`), 501, 'not_supported', 'NOT_SUPPORTED');
  });

  test('of a market that has ended it is empty', async () => {
    const ended = (await markets(file)).find(({ closed }) => closed);
    const answer = await ok(`orderbook?parsec_id=polymarket:${ended?.condition_id}`);
    expect(answer.json).toMatchObject({ bids: [], asks: [] });
  });
});
