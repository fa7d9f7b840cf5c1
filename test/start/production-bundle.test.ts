import { readFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { bundleFolder, type Build } from '../../scripts/build/build-workers.ts';
import { faultPoints } from '../../shared/testing/fault-points.ts';

const bundle = (worker: 'gateway' | 'vault', build: Build): string =>
  readFileSync(`${bundleFolder(worker, build)}/index.js`, 'utf8');
const timesIn = (text: string, part: string): number => text.split(part).length - 1;

/** What only the instrumented build may hold: its route, its log line, and every point. */
const traces = ['/__test', 'fault_point', 'fault point', ...faultPoints];

test('what is deployed holds no fault point, no way to arm one, and no clock but the machine’s', async () => {
  for (const worker of ['gateway', 'vault'] as const) {
    const text = bundle(worker, 'production');
    expect(traces.filter((trace) => text.includes(trace))).toEqual([]);
  }
  const { url, adminToken } = inject('postern');
  const headers = { authorization: `Bearer ${adminToken}` };
  for (const path of ['/__test/faults', '/__test/clock'])
    expect((await fetch(`${url}${path}`, { method: 'DELETE', headers })).status).toBe(404);
});

test('the instrumented build has every point: once in the list, once where it stands', () => {
  const text = bundle('gateway', 'instrumented');
  expect(traces.filter((trace) => !text.includes(trace))).toEqual([]);
  expect(faultPoints.filter((point) => timesIn(text, `"${point}"`) !== 2)).toEqual([]);
});
