import * as z from 'zod';
import { failure, type Failure } from '../../errors/failure.ts';
import { shortened } from '../trading/shortened-text.ts';

/** The venue's own sentence, told before it looks at any credential (polymarket-today 6, "Refusals and modes"). */
const RESTRICTED = /restricted in your region/i;
const errorSchema = z.object({ error: z.string() });

/**
 * What a reply says of the place that it was sent from; undefined when it is about something else. The venue judges the
 * address of the sender, which is the gateway's: its own refusal is JSON, that of the network before it is a page.
 */
export function locationRefusal(status: number, body: unknown): string | undefined {
  if (status !== 403) return undefined;
  const said = errorSchema.safeParse(body);
  if (said.success) return RESTRICTED.test(said.data.error) ? explain(said.data.error) : undefined;
  return typeof body === 'object' && body !== null ? undefined : explain('HTTP 403');
}

const explain = (text: string): string =>
  `Polymarket refuses the place that this gateway sends from: ${shortened(text)}`;

/** The same as a failure of a read. */
export function locationFailure(status: number, body: unknown): Failure | undefined {
  const message = locationRefusal(status, body);
  return message === undefined ? undefined : failure('VENUE_LOCATION_REFUSED', { message });
}
