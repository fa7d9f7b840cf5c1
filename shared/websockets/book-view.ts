import type { VenueName } from '../venues/venue-names.ts';
import { isVenueName } from '../venues/venue-names.ts';

/**
 * What a router client sees of one outcome's book: its best `depth` levels on each side. Clients with equal specs
 * share one view, one sequence and every text.
 */
export interface ViewSpec {
  /** Under whose name: Polymarket's books are paper's too. */
  readonly exchange: VenueName;
  /** 1-100. */
  readonly depth: number;
  /** As the frames write it: the venue's name of the outcome, or that in lower case. */
  readonly outcome: string;
}

export const DEFAULT_DEPTH = 50;
/** As for `GET /api/v1/orderbook`; a larger one is lowered to it (docs.parsecapi.com, "Subscribe to markets"). */
export const MAX_DEPTH = 100;

/** The spec as one word, by which feeds and hubs name a view. */
export const viewKey = ({ exchange, depth, outcome }: ViewSpec): string => `${exchange}|${depth}|${outcome}`;

/** Reads what `viewKey` wrote; throws for anything else, which nobody but us could have written. */
export function viewSpec(key: string): ViewSpec {
  const [exchange = '', depth = '', ...outcome] = key.split('|');
  if (!isVenueName(exchange)) throw new Error(`no view: ${key}`);
  return { exchange, depth: Number(depth), outcome: outcome.join('|') };
}

export const sameOutcome = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
