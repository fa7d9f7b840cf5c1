import { PRICE_STEP, type Market, type MarketEvent } from './market.ts';
import { EVENT_ROWS, type EventRow } from './questions.ts';

export const CREATED_TIME = '2025-11-01T15:00:00Z';

/** Open markets close in 2028, well after any run; finished ones closed early in 2026. */
const CLOSE_TIME = {
  open: '2028-02-28T15:00:00Z',
  closed: '2026-02-12T13:00:00Z',
  settled: '2026-02-01T08:00:00Z',
};

/** The whole catalogue. Nothing in it depends on the clock or the seed. */
export function buildCatalog(): readonly Market[] {
  const markets: Market[] = [];
  for (const row of EVENT_ROWS) {
    const event = eventOf(row);
    for (const [suffix, yesSubTitle] of row.markets) {
      markets.push({
        index: markets.length,
        ticker: `${event.ticker}-${suffix}`,
        event,
        yesSubTitle,
        structure: row.structure,
        tick: PRICE_STEP[row.structure],
        openTime: CREATED_TIME,
        closeTime: CLOSE_TIME[row.state],
        initialState: row.state,
      });
    }
  }
  return markets;
}

function eventOf(row: EventRow): MarketEvent {
  return {
    ticker: `${row.series.ticker}-${row.suffix}`,
    series: row.series,
    title: row.title,
    subTitle: row.suffix,
    mutuallyExclusive: row.exclusive,
  };
}
