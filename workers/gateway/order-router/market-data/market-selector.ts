import * as z from 'zod';
import { countSubrequest } from '../../../../durable-objects/rpc/subrequest-counter.ts';
import { invalidMember, RequestError } from '../../../../shared/errors/failure.ts';
import { dataVenue } from '../../../../shared/venues/data-venues.ts';
import type { VenueName } from '../../../../shared/venues/venue-names.ts';
import type { DataVenue, OutcomeQuery, Found } from '../../../../shared/venues/port.ts';
import type { Env } from '../../env.ts';
import { exchangeNamed } from '../exchange-query.ts';
import { marketId } from '../orders/order-wire.ts';

/** Longer than any exchange's name, a colon and the longest market id. */
const MAX_PARSEC_ID = 160;

/** How a request names an outcome of a market (contract: router, "Market data"). */
export const selectorQuery = z.strictObject({
  parsec_id: z.string().max(MAX_PARSEC_ID).optional(),
  exchange: z.string().max(64).optional(),
  market_id: marketId.optional(),
  outcome: z.string().min(1).max(200).optional(),
});

/** A market that was named, and the venue that knows it. */
export interface SelectedMarket extends OutcomeQuery {
  readonly exchange: VenueName;
  readonly venue: DataVenue;
}

/** The market of a request. Throws MISSING_PARAMETER, VALIDATION_FAILED or EXCHANGE_NOT_FOUND. */
export function selectMarket(env: Env, query: z.infer<typeof selectorQuery>): SelectedMarket {
  const { exchange, id } =
    query.parsec_id === undefined ? named(query) : marketOfParsecId(query.parsec_id, query);
  return { exchange, marketId: id, outcome: query.outcome, venue: venueFor(env, exchange) };
}

/** The data half of an exchange, for one question: counted as one call, though a cache may answer it. */
export function venueFor(env: Env, exchange: VenueName): DataVenue {
  countSubrequest(env);
  return dataVenue(exchange, env);
}

/** A market's name on the wire. */
export const parsecId = (exchange: VenueName, id: string): string => `${exchange}:${id}`;

/** The parts of a market's name; undefined where it has no such form. The exchange may be none that we know. */
export function parsecIdParts(text: string): { readonly exchange: string; readonly id: string } | undefined {
  const colon = text.indexOf(':');
  const [exchange, id] = [text.slice(0, colon), marketId.safeParse(text.slice(colon + 1))];
  return colon > 0 && id.success ? { exchange, id: id.data } : undefined;
}

/** The value of a venue's answer. Throws its failure. */
export function valueOrThrow<T>(answer: Found<T>): T {
  if (!answer.ok) throw new RequestError(answer);
  return answer.value;
}

interface Named {
  readonly exchange: VenueName;
  readonly id: string;
}

function named({ exchange, market_id: id }: z.infer<typeof selectorQuery>): Named {
  if (exchange === undefined && id === undefined) throw missing('parsec_id');
  const known = exchangeNamed({ exchange });
  if (id === undefined) throw missing('market_id');
  return { exchange: known, id };
}

function marketOfParsecId(text: string, query: z.infer<typeof selectorQuery>): Named {
  const parts = parsecIdParts(text);
  if (!parts) throw new RequestError(invalidMember('parsec_id', 'must be <exchange>:<market id>'));
  const { exchange = parts.exchange, market_id: id = parts.id } = query;
  if (exchange !== parts.exchange || id !== parts.id)
    throw new RequestError(invalidMember('parsec_id', 'names another market than exchange and market_id'));
  return { exchange: exchangeNamed({ exchange }), id };
}

const missing = (name: string): RequestError =>
  new RequestError('MISSING_PARAMETER', { message: `${name}: missing parameter` });
