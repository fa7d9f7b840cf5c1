import type { IncomingHttpHeaders } from 'node:http';

export interface RouteRequest {
  readonly method: string;
  /** As sent, without the query: what request signatures cover. */
  readonly path: string;
  /** The path below the venue's base path: what routes and faults name. */
  readonly localPath: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Besides those that the server sends with every reply. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** `V` is the venue that the emulator plays. */
export type Handler<V> = (venue: V, request: RouteRequest) => Reply;

export interface Route<V> {
  readonly method: string;
  /** Segments; one that starts with ':' binds a parameter. */
  readonly pattern: string;
  readonly handler: Handler<V>;
}

export function json(value: unknown, status = 200): Reply {
  return { status, body: JSON.stringify(value) };
}
