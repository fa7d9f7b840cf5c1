import * as z from 'zod';
import type { RequestError } from '../../../shared/errors/failure.ts';
import type { VenueName } from '../../../shared/venues/venue-names.ts';
import {
  suppliedKalshi,
  suppliedPolymarket,
  invalid,
  kalshiMembers,
  polymarketMembers,
  type SuppliedCredential,
} from './supplied-credentials.ts';
import { exchangeCredentialsHeader, headerOf } from '../http/request-headers.ts';
import type { Call } from '../http/route.ts';

/** Reads the headers that its route declares. */
export type DeclaredHeaders = Pick<Call<unknown, unknown, unknown>, 'request' | 'declared'>;

const headerShapes = {
  polymarket: z.strictObject(polymarketMembers),
  kalshi: z.strictObject(kalshiMembers),
};

/**
 * The credentials of `X-Exchange-Credentials`, undefined without the header. VALIDATION_FAILED names the member that
 * does not fit, never what stood there.
 */
export function suppliedInHeader(
  call: DeclaredHeaders,
  venue: SuppliedCredential['venue'],
): SuppliedCredential | undefined {
  const text = headerOf(call, exchangeCredentialsHeader);
  if (text === undefined) return undefined;
  const value = decoded(text);
  if (venue === 'kalshi') return suppliedKalshi(fitting(headerShapes.kalshi, value));
  const wire = fitting(headerShapes.polymarket, value);
  if (!wire.private_key) throw invalid('private_key', 'is missing');
  return suppliedPolymarket(wire);
}

function decoded(text: string): unknown {
  let json: string;
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badHeader('is not base64');
  }
  try {
    return JSON.parse(json);
  } catch {
    throw badHeader('is not JSON in base64');
  }
}

/** Unlike the general check it does not repeat the names of strange members: they may be pasted secrets. */
function fitting<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue || issue.code === 'unrecognized_keys') throw badHeader('has a member that it does not take');
  const path = issue.path.map(String).join('.');
  throw path === '' ? badHeader('is not an object') : invalid(path, issue.message);
}

const badHeader = (rule: string): RequestError => invalid('X-Exchange-Credentials', rule);

/** Credentials that an exchange does not take are refused: nothing that a caller sends is dropped silently. */
export function refuseCredentials(exchange: VenueName, call: DeclaredHeaders): void {
  if (headerOf(call, exchangeCredentialsHeader) !== undefined)
    throw badHeader(`${exchange} takes no credentials`);
}
