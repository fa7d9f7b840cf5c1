import { loggableId } from '../http/request-id.ts';
import type { AnyRoute, Caller } from '../http/route.ts';

/** One request, as it is logged, counted and traced: never a body, never a credential. */
export interface RequestLog {
  readonly requestId: string;
  /** Undefined where no route has the path or the method. */
  readonly route: AnyRoute | undefined;
  readonly method: string;
  readonly caller: Caller | undefined;
  readonly status: number;
  readonly code: string | undefined;
  readonly ms: number;
  /** Calls to objects, the vault and venues that the gateway made for it. */
  readonly hops: number;
}

/** Methods are the caller's words; the longest that means anything has 9 letters. */
const MAX_METHOD_LENGTH = 16;

/** Method and path as the route declares it: a path as sent could hold anything. */
export const routeName = ({ method, route }: RequestLog): string =>
  `${method.slice(0, MAX_METHOD_LENGTH)} ${route?.path ?? '-'}`;

export const surfaceOf = ({ route }: RequestLog): string => route?.tag ?? 'none';

/** Writes one structured line. */
export function logRequest(log: RequestLog): void {
  console.log(
    JSON.stringify({
      level: 'info',
      request_id: loggableId(log.requestId),
      surface: surfaceOf(log),
      route: routeName(log),
      tenant: log.caller?.principal?.tenant,
      customer: log.caller?.principal?.customer,
      key: log.caller?.principal?.key,
      status: log.status,
      code: log.code,
      ms: log.ms,
      hops: log.hops,
    }),
  );
}
