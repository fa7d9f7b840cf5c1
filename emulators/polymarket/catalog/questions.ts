import { CATEGORIES, type Category, type TickSize } from './market.ts';

/**
 * One market of the catalogue. `marks`: n = negative risk, f = fees enabled, m = minimum size 1,
 * d = marketable orders are delayed, c = closed and unresolved, r = resolved.
 */
export interface Question {
  readonly category: Category;
  readonly event: string;
  readonly text: string;
  readonly tick: TickSize;
  readonly marks: string;
}

type Row = readonly [event: string, text: string, tick: TickSize, marks: string];

const ROWS: Readonly<Record<Category, readonly Row[]>> = {
  crypto: [
    ['', 'Will Bitcoin close above $150,000 on March 31, 2027?', '0.01', 'f'],
    ['', 'Will Ethereum trade above $8,000 before July 2027?', '0.001', 'f'],
    ['', 'Will a Solana day see 200 million transactions before June 2027?', '0.01', ''],
    ['', 'Will spot XRP funds hold $5B in assets by the end of 2027?', '0.0001', 'f'],
    ['', 'Will Dogecoin set an all-time high in 2027?', '0.005', 'fm'],
  ],
  economics: [
    ['Fed decision in April 2027', 'Will the Fed cut by 25 bps in April 2027?', '0.01', 'n'],
    ['Fed decision in April 2027', 'Will the Fed hold rates in April 2027?', '0.01', 'n'],
    ['Fed decision in April 2027', 'Will the Fed hike in April 2027?', '0.001', 'n'],
    ['', 'Will US CPI for May 2027 be above 3.0%?', '0.0025', 'f'],
    ['', 'Will the euro area enter a recession in 2027?', '0.1', ''],
  ],
  culture: [
    ['Best Picture 2027', 'Will "The Long Harbour" win Best Picture?', '0.01', 'nf'],
    ['Best Picture 2027', 'Will "Paper Moons" win Best Picture?', '0.001', 'nf'],
    ['Best Picture 2027', 'Will "Salt and Iron" win Best Picture?', '0.001', 'nf'],
    ['', 'Will a song hold number one for 15 weeks in 2027?', '0.01', ''],
    ['', 'Did the 2025 festival sell out within an hour?', '0.01', 'r'],
  ],
  weather: [
    ['', 'Will New York reach 100F in July 2027?', '0.01', 'f'],
    ['', 'Will 2027 be the hottest year on record?', '0.005', 'f'],
    ['', 'Will a category 5 hurricane make US landfall in 2027?', '0.001', ''],
    ['', 'Will London have a white Christmas in 2027?', '0.01', 'm'],
    ['', 'Will Tokyo record 40C in August 2027?', '0.1', 'f'],
  ],
  finance: [
    ['', 'Will the S&P 500 close 2027 above 8,000?', '0.01', 'f'],
    ['', 'Will gold trade above $6,000 before 2028?', '0.0025', 'f'],
    ['Largest company end of June 2027', 'Will NVIDIA be the largest company?', '0.01', 'n'],
    ['Largest company end of June 2027', 'Will Microsoft be the largest company?', '0.01', 'n'],
    ['', 'Will a US bank fail in the first quarter of 2027?', '0.001', ''],
  ],
  politics: [
    ['Mayoral race 2027', 'Will the incumbent win the 2027 mayoral race?', '0.01', 'nf'],
    ['Mayoral race 2027', 'Will the challenger win the 2027 mayoral race?', '0.01', 'nf'],
    ['Mayoral race 2027', 'Will an independent win the 2027 mayoral race?', '0.0001', 'nf'],
    ['', 'Will turnout exceed 60% in the 2027 general election?', '0.01', ''],
    ['', 'Was the 2025 spending bill signed before the deadline?', '0.01', 'c'],
  ],
  sports: [
    ['', 'Will the home side win the 2027 cup final?', '0.01', 'fd'],
    ['2027 champions', 'Will the Harbour Lions be 2027 champions?', '0.001', 'nf'],
    ['2027 champions', 'Will the Iron Foxes be 2027 champions?', '0.001', 'nf'],
    ['', 'Will the marathon world record fall in 2027?', '0.005', ''],
    ['', 'Will a rookie win the 2027 scoring title?', '0.01', 'm'],
  ],
  geopolitics: [
    ['', 'Will a ceasefire be signed before June 2027?', '0.01', 'f'],
    ['', 'Will a new member join the alliance in 2027?', '0.001', 'f'],
    ['', 'Will the trade pact be ratified before October 2027?', '0.0025', ''],
    ['', 'Will the summit be held in Geneva?', '0.01', ''],
    ['', 'Will sanctions be eased before 2028?', '0.0001', 'f'],
  ],
};

export function allQuestions(): readonly Question[] {
  return CATEGORIES.flatMap((category) =>
    ROWS[category].map(([event, text, tick, marks]) => ({ category, event, text, tick, marks })),
  );
}
