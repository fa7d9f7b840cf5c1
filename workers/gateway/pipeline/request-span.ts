import { tracing } from 'cloudflare:workers';
import { routeName, surfaceOf, type RequestLog } from './access-log.ts';
import { loggableId } from '../http/request-id.ts';

/**
 * Says on the request's own span what the log line says. The spans around each hop are the runtime's: it makes
 * one for every RPC and fetch of a traced request.
 */
export function markSpan(log: RequestLog): void {
  const span = tracing.getActiveSpan();
  if (span?.isTraced !== true) return;
  span.setAttributes({
    'postern.request_id': loggableId(log.requestId),
    'postern.surface': surfaceOf(log),
    'postern.route': routeName(log),
    'postern.tenant': log.caller?.principal?.tenant,
    'postern.key': log.caller?.principal?.key,
    'postern.code': log.code,
    'postern.hops': log.hops,
  });
}
