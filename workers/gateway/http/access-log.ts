import type { AnyRoute, Caller } from './route.ts';

/** One request, as its log line tells it: never a body, never a credential. */
export interface RequestLog {
  readonly requestId: string;
  readonly route: AnyRoute;
  readonly method: string;
  readonly caller: Caller | undefined;
  readonly status: number;
  readonly code: string | undefined;
  readonly ms: number;
}

/** Writes one structured line (design, section 10). */
export function logRequest(log: RequestLog): void {
  console.log(
    JSON.stringify({
      level: 'info',
      request_id: log.requestId,
      surface: log.route.tag,
      route: `${log.method} ${log.route.path}`,
      tenant: log.caller?.principal?.tenant,
      customer: log.caller?.principal?.customer,
      key: log.caller?.principal?.key,
      status: log.status,
      code: log.code,
      ms: log.ms,
    }),
  );
}
