import { routeName, surfaceOf, type RequestLog } from './access-log.ts';

/**
 * Counts one request in Analytics Engine, where the deployment binds a data set. The call returns at once and
 * nothing waits for it. Sampling is by the index, so it is the tenant: a busy one does not crowd out the rest.
 */
export function countRequest(dataset: AnalyticsEngineDataset | undefined, log: RequestLog): void {
  dataset?.writeDataPoint({
    indexes: [log.caller?.principal?.tenant ?? 'nobody'],
    blobs: [
      surfaceOf(log),
      routeName(log),
      log.code ?? '',
      log.caller?.principal?.tier ?? '',
      log.caller?.principal?.key ?? '',
    ],
    doubles: [log.status, log.ms, log.hops],
  });
}
