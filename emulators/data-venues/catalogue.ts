import { initialMid } from '../lib/book/synthetic-quotes.ts';
import { between, hashHex, hashId, tokenIdOf, unit } from '../lib/random.ts';
import type { Group, Market, Status, Venue } from './model.ts';

interface Row {
  readonly title: string;
  readonly category: string;
  readonly status?: Status;
  readonly pool?: boolean;
  readonly labels?: readonly [string, string];
}
interface GroupRow {
  readonly title: string;
  readonly category: string;
  readonly options: readonly (readonly [title: string, status: Status])[];
}

/** What a venue lists. */
export interface CatalogueSpec {
  readonly singles: readonly Row[];
  readonly groups: readonly GroupRow[];
  /** Decimals of a price. */
  readonly decimals: number;
}

const YES_NO = ['Yes', 'No'] as const;
/** Enough for more than one page at every venue. */
const LADDER = 24;
const FIRST_ID = 1_000;
const SALT_VOLUME = 301;

/** Open markets on one subject, as venues have them by the dozen. */
export const ladder = (subject: string): readonly Row[] =>
  Array.from({ length: LADDER }, (_, at) => ({
    title: `${subject} above $${60 + at * 5},000 on 28 February 2028?`,
    category: 'Crypto',
  }));

/** The same catalogue for the same seed: only the clock moves it. */
export function createVenue(
  name: string,
  { singles, groups, decimals }: CatalogueSpec,
  { seed, clock }: { readonly seed: number; readonly clock: 'wall' | 'manual' },
): Venue {
  const markets: Market[] = [];
  const tick = 10n ** BigInt(6 - decimals);
  const add = (row: Row, group?: Group): void => {
    const index = markets.length;
    const label = `${name}|${group?.slug ?? ''}|${row.title}`;
    const status = row.status ?? 'open';
    const market = { index, tick };
    markets.push({
      ...market,
      id: FIRST_ID + index,
      slug: slugOf(`${group?.title ?? ''} ${row.title}`, label),
      title: row.title,
      group,
      category: row.category,
      pool: row.pool ?? false,
      labels: row.labels ?? YES_NO,
      tokens: [tokenIdOf(label, 'yes'), tokenIdOf(label, 'no')],
      conditionId: hashId(label, 'condition'),
      status,
      winner: status === 'resolved' ? 0 : undefined,
      mid: initialMid(seed, market),
      step: 0,
      fixed: undefined,
      trades: [],
      volume: BigInt(between(unit(seed, index, SALT_VOLUME), 1_000_000, 900_000_000_000)),
    });
  };
  const made = groups.map(({ title, category, options }, at): Group => {
    const group = { id: 100 + at, slug: slugOf(title, `${name}|${title}`), title, category };
    for (const [option, status] of options) add({ title: option, category, status }, group);
    return group;
  });
  for (const row of singles) add(row);
  const manualSteps = clock === 'manual' ? 0 : undefined;
  return { name, seed, markets, groups: made, startedMs: Date.now(), manualSteps, apiKey: undefined };
}

/** Letters and digits, and a number that tells equal titles apart, as on the venues. */
function slugOf(title: string, label: string): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `${words}-${Number.parseInt(hashHex(label).slice(0, 10), 16)}`;
}
