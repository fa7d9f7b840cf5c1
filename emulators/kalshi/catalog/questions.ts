import type { PriceStructure, Series } from './market.ts';

/** One event and its markets: [suffix of the ticker, what YES means]. */
export interface EventRow {
  readonly series: Series;
  readonly suffix: string;
  readonly title: string;
  readonly exclusive: boolean;
  readonly structure: PriceStructure;
  readonly state: 'open' | 'closed' | 'settled';
  readonly markets: readonly (readonly [suffix: string, yes: string])[];
}

function series(
  ticker: string,
  title: string,
  category: string,
  frequency: string,
  makerFees = false,
): Series {
  return { ticker, title, category, frequency, makerFees };
}

const cpi = series('KXCPIYOY', 'Consumer price inflation', 'Economics', 'monthly');
const rain = series('KXRAINSEA', 'Rain in Seattle', 'Climate and Weather', 'monthly');

export const EVENT_ROWS: readonly EventRow[] = [
  {
    series: series('KXFEDDECISION', 'Federal Reserve decision', 'Economics', 'custom'),
    suffix: '27APR',
    title: 'What will the Fed decide in April 2027?',
    exclusive: true,
    structure: 'linear_cent',
    state: 'open',
    markets: [
      ['H0', 'Hold'],
      ['C25', 'Cut by 25 bps'],
      ['C26', 'Cut by more than 25 bps'],
      ['H25', 'Hike by 25 bps'],
    ],
  },
  {
    series: cpi,
    suffix: '27MAY',
    title: 'How high will inflation be in May 2027?',
    exclusive: false,
    structure: 'linear_cent',
    state: 'open',
    markets: [
      ['T2.5', 'Above 2.5%'],
      ['T3.0', 'Above 3.0%'],
      ['T3.5', 'Above 3.5%'],
    ],
  },
  {
    series: series('KXBTCMAXY', 'Highest price of Bitcoin in a year', 'Crypto', 'annual'),
    suffix: '27DEC31',
    title: 'How high will Bitcoin get in 2027?',
    exclusive: false,
    structure: 'deci_cent',
    state: 'open',
    markets: [
      ['150000', '$150,000 or above'],
      ['250000', '$250,000 or above'],
    ],
  },
  {
    series: series('KXMAYORHARBOR', 'Mayor of Harbor City', 'Politics', 'custom', true),
    suffix: '27NOV',
    title: 'Who will win the 2027 mayoral race?',
    exclusive: true,
    structure: 'linear_cent',
    state: 'open',
    markets: [
      ['INC', 'The incumbent'],
      ['CHA', 'The challenger'],
      ['IND', 'An independent'],
    ],
  },
  {
    series: rain,
    suffix: '27AUG',
    title: 'Will it rain 2 inches in Seattle in August 2027?',
    exclusive: false,
    structure: 'linear_cent',
    state: 'open',
    markets: [['2', '2 inches or more']],
  },
  {
    series: cpi,
    suffix: '26JAN',
    title: 'How high was inflation in January 2026?',
    exclusive: false,
    structure: 'linear_cent',
    state: 'closed',
    markets: [['T3.0', 'Above 3.0%']],
  },
  {
    series: rain,
    suffix: '26JAN',
    title: 'Did it rain 5 inches in Seattle in January 2026?',
    exclusive: false,
    structure: 'linear_cent',
    state: 'settled',
    markets: [['5', '5 inches or more']],
  },
];
