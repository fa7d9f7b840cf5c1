import type { Failure } from './failure.ts';

/** A failure in the words of one surface, ready to become a Response. */
export interface WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Headers that every surface sends with a failure. */
export function errorHeaders(failure: Failure): Record<string, string> {
  const headers: Record<string, string> = { 'x-polysim-code': failure.reason };
  if (failure.retryAfter !== undefined) headers['retry-after'] = String(failure.retryAfter);
  if (failure.allow !== undefined) headers['allow'] = failure.allow.join(', ');
  return headers;
}
