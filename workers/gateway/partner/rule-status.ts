import type { JsonObject } from '../../../durable-objects/tenant/partner/model.ts';
import {
  asMicro,
  formatFixed,
  max,
  parseMicro,
  SCALE,
  sub,
  ZERO,
  type Micro,
} from '../../../shared/money/fixed.ts';

/** What the two rules that we evaluate say of an attempt. Percentages have two decimals. */
export interface RuleStatus {
  readonly status: 'passed' | 'failed' | 'running';
  readonly profit_pct: string;
  readonly profit_target_pct: string | null;
  /** The deepest fall from a peak, of the equity at that peak. */
  readonly drawdown_pct: string;
  readonly max_drawdown_pct: string | null;
}

const HUNDRED = 100n;

/**
 * Evaluates `profit_target_pct` and `max_drawdown_pct` over an attempt: what it began with, its points of equity in
 * order, and what it is worth now. Breaking the drawdown outweighs reaching the target, whichever came first. A rule
 * that is not there, or is no plain number, is not evaluated.
 */
export function ruleStatus(
  rules: JsonObject,
  began: Micro,
  points: readonly Micro[],
  now: Micro,
): RuleStatus {
  const target = percentIn(rules, 'profit_target_pct');
  const most = percentIn(rules, 'max_drawdown_pct');
  const profit = percent(sub(now, began), began);
  const drawdown = deepestFall([began, ...points, now]);
  const failed = most !== undefined && drawdown >= most;
  const passed = target !== undefined && profit >= target;
  return {
    status: failed ? 'failed' : passed ? 'passed' : 'running',
    profit_pct: formatFixed(profit, 2),
    profit_target_pct: target === undefined ? null : formatFixed(target, 2),
    drawdown_pct: formatFixed(drawdown, 2),
    max_drawdown_pct: most === undefined ? null : formatFixed(most, 2),
  };
}

function deepestFall(series: readonly Micro[]): Micro {
  let [peak, deepest] = [ZERO, ZERO];
  for (const equity of series) {
    peak = max(peak, equity);
    if (peak > 0n) deepest = max(deepest, percent(sub(peak, equity), peak));
  }
  return deepest;
}

/** Millionths of a percent, cut towards zero: a limit is met when it is reached, never a hair before. */
const percent = (part: Micro, whole: Micro): Micro => asMicro((part * HUNDRED * SCALE) / whole);

function percentIn(rules: JsonObject, name: string): Micro | undefined {
  const value = rules[name];
  return typeof value === 'number' || typeof value === 'string' ? parseMicro(String(value)) : undefined;
}
