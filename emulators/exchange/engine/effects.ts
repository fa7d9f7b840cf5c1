import { identifier, type Engine, instrumentOf } from './engine.ts';
import type { CancelRejectReason, ExecutionType, OrderRecord, Owner } from './types.ts';
import { executionView, type WireRecord } from './views.ts';
import type { ExecutionDetail } from './execution-detail.ts';

export interface ExecutionRecord {
  readonly id: string;
  /** Counts all executions of the exchange: where a drop copy resumes. */
  readonly seq: number;
  readonly owner: Owner;
  readonly symbol: string;
  readonly orderId: string;
  readonly clordId: string;
  readonly type: ExecutionType;
  readonly transactMs: number;
  /** As on the wire, with the order as it was then. */
  readonly view: WireRecord;
}

export interface CancelRejectRecord {
  readonly owner: Owner;
  readonly orderId: string;
  readonly clordId: string;
  readonly symbol: string;
  readonly reason: CancelRejectReason;
  readonly text: string;
  readonly isReplace: boolean;
  readonly transactMs: number;
}

/** What one command did, in order. */
export interface Effects {
  readonly nowMs: number;
  readonly executions: ExecutionRecord[];
  readonly cancelRejects: CancelRejectRecord[];
  /** Symbols whose books are no longer what they were. */
  readonly books: Set<string>;
  /** `<account> <symbol>` of positions that changed. */
  readonly positions: Set<string>;
}

export function createEffects(nowMs: number): Effects {
  return { nowMs, executions: [], cancelRejects: [], books: new Set(), positions: new Set() };
}

/** Reports what just happened to an order. The market maker's orders are nobody's business. */
export function report(
  engine: Engine,
  effects: Effects,
  order: OrderRecord,
  type: ExecutionType,
  detail: ExecutionDetail = {},
): void {
  order.lastMs = effects.nowMs;
  if (order.owner.synthetic) return;
  engine.executionCount += 1;
  const id = identifier('E', engine.firstId + engine.executionCount);
  const known = engine.books.has(order.terms.symbol);
  const instrument = known ? instrumentOf(engine, order.terms.symbol) : undefined;
  effects.executions.push({
    id,
    seq: engine.executionCount,
    owner: order.owner,
    symbol: order.terms.symbol,
    orderId: order.id,
    clordId: order.clordId,
    type,
    transactMs: effects.nowMs,
    view: executionView({ id, type, transactMs: effects.nowMs, order, instrument, detail }),
  });
}
