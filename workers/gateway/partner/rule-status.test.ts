import { describe, expect, test } from 'vitest';
import { asMicro, SCALE, type Micro } from '../../../shared/money/fixed.ts';
import { ruleStatus } from './rule-status.ts';

const usd = (amount: number): Micro => asMicro(BigInt(amount) * SCALE);
const rules = { profit_target_pct: 20, max_drawdown_pct: '10' };
const of = (points: readonly number[], now: number, asked: object = rules) =>
  ruleStatus(asked as Readonly<Record<string, unknown>>, usd(10_000), points.map(usd), usd(now));

describe('an attempt', () => {
  test.each([
    ['runs', [10_500], 10_400, 'running', '4.00', '0.95'],
    ['passes when the target is reached', [11_000], 12_000, 'passed', '20.00', '0.00'],
    ['runs a dollar below it', [], 11_999, 'running', '19.99', '0.00'],
    [
      'fails when it has fallen from its peak, not from its beginning',
      [12_000],
      10_800,
      'failed',
      '8.00',
      '10.00',
    ],
    ['fails by a fall that it has made up for', [12_000, 10_000], 13_000, 'failed', '30.00', '16.67'],
    ['fails from the beginning on', [], 9_000, 'failed', '-10.00', '10.00'],
  ] as const)('%s', (_, points, now, status, profit, drawdown) => {
    expect(of(points, now)).toMatchObject({ status, profit_pct: profit, drawdown_pct: drawdown });
  });

  test('without rules, or with rules that are no numbers, it runs', () => {
    for (const asked of [
      {},
      { profit_target_pct: 'lots', max_drawdown_pct: null },
      { max_drawdown_pct: -1 },
    ]) {
      expect(of([20_000], 1, asked)).toMatchObject({
        status: 'running',
        profit_target_pct: null,
        max_drawdown_pct: null,
      });
    }
  });
});
