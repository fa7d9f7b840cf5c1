import { describe, expect, test } from 'vitest';
import { markAfter, initialMark } from '../../../durable-objects/trading-account/ledger/high-water-mark.ts';
import { asMicro, SCALE, type Micro } from '../../../shared/money/fixed.ts';
import { ruleStatus } from './rule-status.ts';

const usd = (amount: number): Micro => asMicro(BigInt(amount) * SCALE);
const rules = { profit_target_pct: 20, max_drawdown_pct: '10' };
const of = (points: readonly number[], now: number, asked: object = rules) =>
  ruleStatus(
    asked as Readonly<Record<string, unknown>>,
    usd(10_000),
    [[...points, now].map(usd).reduce(markAfter, initialMark(usd(10_000))).fall],
    usd(now),
  );

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
    ['fails by a fall that it has made up for', [12_000, 10_000], 13_000, 'failed', '30.00', '16.66'],
    [
      'fails by the deepest of its falls, in relation to the peak before each',
      [5_000, 40_000, 30_000],
      40_000,
      'failed',
      '300.00',
      '50.00',
    ],
    ['fails from the beginning on', [], 9_000, 'failed', '-10.00', '10.00'],
  ] as const)('%s', (_, points, now, status, profit, drawdown) => {
    expect(of(points, now)).toMatchObject({ status, profit_pct: profit, drawdown_pct: drawdown });
  });

  test('is not failed by a drawdown of 0 without a fall, and no number looks like one that is not reached', () => {
    const none = { max_drawdown_pct: 0 };
    expect(of([], 10_000, none).status).toBe('running');
    expect(of([], 9_999, none)).toMatchObject({ status: 'failed', drawdown_pct: '0.01' });
    const just = [{ from: usd(1_000_000), to: usd(900_001) }];
    expect(ruleStatus(rules, usd(1_000_000), just, usd(1_199_999))).toMatchObject({
      status: 'running',
      profit_pct: '19.99',
      drawdown_pct: '9.99',
    });
  });

  test.each([10 / 3, '3.3333333333', 3.333333])('is held to a limit of %s percent', (max_drawdown_pct) => {
    expect(of([], 9_667, { max_drawdown_pct }).status).toBe('running');
    expect(of([], 9_666, { max_drawdown_pct })).toMatchObject({ status: 'failed', max_drawdown_pct: '3.33' });
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
