import type { RejectReason } from './types.ts';

export interface ExecutionDetail {
  readonly lastShares?: bigint;
  readonly lastPx?: bigint;
  readonly tradeId?: string;
  readonly aggressor?: boolean;
  readonly text?: string;
  readonly rejectReason?: RejectReason;
  readonly unsolicited?: boolean;
}
