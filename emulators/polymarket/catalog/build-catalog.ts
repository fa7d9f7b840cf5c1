import { between, hashId, tokenIdOf, unit } from '../../lib/random.ts';
import { ONE, parseMicro } from '../../lib/units.ts';
import { FEE_RATE, type Market, type MarketEvent } from './market.ts';
import { allQuestions, type Question } from './questions.ts';

/** Gamma's numeric ids start high on the real venue too; the value only has to be stable. */
const FIRST_GAMMA_ID = 600_001;
const FIRST_EVENT_ID = 30_001;

const SALT_END_DATE = 7;

/** The whole catalogue for a seed. Nothing in it depends on the clock. */
export function buildCatalog(seed: number): readonly Market[] {
  const events = new Map<string, MarketEvent>();
  return allQuestions().map((question, index) => buildMarket(seed, question, index, events));
}

function buildMarket(
  seed: number,
  question: Question,
  index: number,
  events: Map<string, MarketEvent>,
): Market {
  const has = (mark: string): boolean => question.marks.includes(mark);
  return {
    index,
    gammaId: String(FIRST_GAMMA_ID + index),
    conditionId: hashId('condition', seed, index),
    questionId: hashId('question', seed, index),
    yesToken: tokenIdOf('yes', seed, index),
    noToken: tokenIdOf('no', seed, index),
    question: question.text,
    slug: slugOf(question.text),
    category: question.category,
    event: eventOf(seed, question, events),
    tickText: question.tick,
    tick: parseMicro(question.tick) ?? ONE / 100n,
    minSize: has('m') ? ONE : 5n * ONE,
    negRisk: has('n'),
    feeRate: has('f') ? FEE_RATE[question.category] : undefined,
    secondsDelay: has('d') ? 1 : 0,
    startDate: '2025-11-01T00:00:00Z',
    endDate: endDateOf(seed, index, has('r') || has('c')),
    initialState: has('r') ? 'resolved' : has('c') ? 'closed' : 'open',
  };
}

function eventOf(seed: number, question: Question, events: Map<string, MarketEvent>): MarketEvent {
  const title = question.event === '' ? question.text : question.event;
  const known = events.get(title);
  if (known !== undefined) return known;
  const event: MarketEvent = {
    id: String(FIRST_EVENT_ID + events.size),
    slug: slugOf(title),
    title,
    negRiskMarketId: question.marks.includes('n') ? hashId('neg-risk', seed, title) : undefined,
  };
  events.set(title, event);
  return event;
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** Open markets end in 2028, well after any run; finished ones ended in 2026. */
function endDateOf(seed: number, index: number, finished: boolean): string {
  const month = String(between(unit(seed, index, SALT_END_DATE), 1, 12)).padStart(2, '0');
  return finished ? `2026-${month === '12' ? '01' : '02'}-28T12:00:00Z` : `2028-${month}-28T12:00:00Z`;
}
