import type { LimitReport } from '../../../shared/limits/rate-limit-headers.ts';
import type { PoolReport } from '../../../shared/limits/customer-pool.ts';

/** What the limiter said, for the reply's headers, even when the request is refused. */
export interface AdmissionReport {
  limit?: LimitReport;
  /** Of a request that acts as a customer, in place of `limit`. */
  pool?: PoolReport;
  betaExpired?: boolean;
  degraded?: boolean;
}
