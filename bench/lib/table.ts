import type { Compared, Figures } from './measure.ts';

const columns = [
  'row',
  'baseline',
  'measured',
  'ratio',
  'floor',
  '',
  'base p50/p90',
  'p50/p90',
  'CPU us/req',
];

export type Row = readonly string[];

export function ratioRow(name: string, { baseline, measured, ratio }: Compared, floor?: number): Row {
  return [
    name,
    perSecond(baseline),
    perSecond(measured),
    ratio.toFixed(2),
    floor === undefined ? '' : floor.toFixed(2),
    floor === undefined ? '' : ratio >= floor ? 'ok' : 'below',
    latency(baseline),
    latency(measured),
    `${baseline.cpuUs.toFixed(0)} -> ${measured.cpuUs.toFixed(0)}`,
  ];
}

/** A figure that must stay under a limit. */
export const limitRow = (name: string, value: number, limit: number, unit: string, decimals = 0): Row => [
  name,
  '',
  `${value.toFixed(decimals)} ${unit}`,
  '',
  `<= ${limit} ${unit}`,
  value <= limit ? 'ok' : 'below',
];

export const noteRow = (name: string, value: string): Row => [name, '', value];

const perSecond = ({ perSecond: value }: Figures): string => `${Math.round(value)}/s`;
const latency = ({ p50Ms, p90Ms }: Figures): string => `${p50Ms.toFixed(2)}/${p90Ms.toFixed(2)} ms`;

export function printTable(rows: readonly Row[]): void {
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  console.log('');
  for (const row of all) {
    console.log(
      widths
        .map((width, column) => (row[column] ?? '').padEnd(width))
        .join('  ')
        .trimEnd(),
    );
  }
}
