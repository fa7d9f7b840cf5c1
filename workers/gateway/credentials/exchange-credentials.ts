import * as z from 'zod';
import type { RequestError } from '../../../shared/errors/failure.ts';
import {
  givenKalshi,
  givenPolymarket,
  invalid,
  kalshiMembers,
  polymarketMembers,
  type Given,
} from './given.ts';

/** Larger than any credential: a Kalshi key of 10,000 characters in JSON and base64. */
const MAX_HEADER = 16_384;
/** Carries the credentials of one request. */
export const CREDENTIALS_HEADER = 'x-exchange-credentials';

const headerShapes = {
  polymarket: z.strictObject(polymarketMembers),
  kalshi: z.strictObject(kalshiMembers),
};

/**
 * The credentials of `X-Exchange-Credentials`, undefined without the header. VALIDATION_FAILED names the member that
 * does not fit, never what stood there.
 */
export function givenInHeader(headers: Headers, venue: Given['venue']): Given | undefined {
  const text = headers.get(CREDENTIALS_HEADER);
  if (text === null) return undefined;
  const value = decoded(text);
  if (venue === 'kalshi') return givenKalshi(fitting(headerShapes.kalshi, value));
  const wire = fitting(headerShapes.polymarket, value);
  if (!wire.private_key) throw invalid('private_key', 'is missing');
  return givenPolymarket(wire);
}

function decoded(text: string): unknown {
  if (text.length > MAX_HEADER) throw badHeader(`is longer than ${MAX_HEADER} characters`);
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
