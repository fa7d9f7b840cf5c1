/** One request as it goes over the wire. */
export interface Shot {
  readonly head: string;
  readonly body: string;
  /** Placeholder in `body` that gets a number of its own in every request: same length, digits only. */
  readonly serial?: string;
}

/** One run of the generator: `connections` clients, each with one request in flight, for `seconds`. */
export interface Volley {
  readonly port: number;
  /** Taken in turn. */
  readonly shots: readonly Shot[];
  readonly connections: number;
  readonly seconds: number;
  /** Instead of `seconds`: exactly so many. */
  readonly requests?: number;
}

export interface VolleyResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Replies that were not 2xx, and the first of them. */
  readonly failed: number;
  readonly firstFailure?: string;
}

/** A request with a body ready to send; the host is whoever listens. */
export function shot(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Shot {
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return { head: `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, body };
}
