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
import type { JsonObject } from '../../../durable-objects/tenant/api.ts';
import type { Drawdown } from '../../../durable-objects/trading-account/api.ts';

/** What the two rules that we evaluate say of an attempt. Percentages have two decimals. */
export interface RuleStatus {
  readonly status: 'passed' | 'failed' | 'running';
  readonly profit_pct: string;
  readonly profit_target_pct: string | null;
  /** The deepest fall from a peak, of the equity at that peak. */
  readonly drawdown_pct: string;
  readonly max_drawdown_pct: string | null;
}

/** Of a millionth. */
const DECIMALS = 6;
const HUNDRED = 100n;
const HUNDREDTH = SCALE / HUNDRED;

/**
 * Evaluates `profit_target_pct` and `max_drawdown_pct` over an attempt: what it began with, its falls from a peak, and
 * what it is worth now. Breaking the drawdown outweighs reaching the target, whichever came first. A rule that is not
 * there, or is no plain number, is not evaluated; without any fall no drawdown is broken, also not one of 0.
 */
export function ruleStatus(
  rules: JsonObject,
  began: Micro,
  falls: readonly Drawdown[],
  now: Micro,
): RuleStatus {
  const target = percentIn(rules, 'profit_target_pct');
  const most = percentIn(rules, 'max_drawdown_pct');
  const profit = percent(sub(now, began), began);
  const drawdown = falls.reduce(
    (deepest, { from, to }) => (from > 0n ? max(deepest, percent(sub(from, to), from)) : deepest),
    ZERO,
  );
  const failed = most !== undefined && drawdown > 0n && drawdown >= most;
  const passed = target !== undefined && profit >= target;
  return {
    status: failed ? 'failed' : passed ? 'passed' : 'running',
    profit_pct: shown(profit),
    profit_target_pct: target === undefined ? null : formatFixed(target, 2),
    drawdown_pct: shown(drawdown),
    max_drawdown_pct: most === undefined ? null : formatFixed(most, 2),
  };
}

/** Two decimals, the rest cut off: 9.996 of 10 is not reached, and does not look so. */
const shown = (percentage: Micro): string => formatFixed(asMicro(percentage - (percentage % HUNDREDTH)), 2);

/** Millionths of a percent, cut towards zero: a limit is met when it is reached, never a hair before. */
const percent = (part: Micro, whole: Micro): Micro => asMicro((part * HUNDRED * SCALE) / whole);

/** A partner's number to the millionth of a percent: a third of something is a rule too. */
function percentIn(rules: JsonObject, name: string): Micro | undefined {
  const value = rules[name];
  if (typeof value === 'number') return parseMicro(value.toFixed(DECIMALS));
  return typeof value === 'string' ? parseMicro(value.replace(/(\.\d{6})\d+$/, '$1')) : undefined;
}
