import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { venueNames, isVenueName, type VenueName } from '../../../shared/venues/venue-names.ts';

/** The `exchange` parameter. Its absence and its values have codes of their own, so the schema takes any text. */
export const exchangeQuery = z.strictObject({ exchange: z.string().max(64).optional() });

/** The venue that a request names. Throws MISSING_PARAMETER or EXCHANGE_NOT_FOUND. */
export function exchangeNamed({ exchange }: z.infer<typeof exchangeQuery>): VenueName {
  if (exchange === undefined) {
    throw new RequestError('MISSING_PARAMETER', { message: 'exchange: missing parameter' });
  }
  if (isVenueName(exchange)) return exchange;
  throw new RequestError('EXCHANGE_NOT_FOUND', {
    message: `Unknown exchange: use one of ${venueNames.join(', ')}`,
  });
}
