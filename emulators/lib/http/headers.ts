import type { IncomingHttpHeaders } from 'node:http';

/** A header's single value; Node lower-cases the names. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
