/** Counters of this process, in Prometheus's text format (prometheus.io/docs/instrumenting/exposition_formats). */
export class Metrics {
  readonly #counters = new Map<string, number>();

  /** `labels` are few and fixed words: each combination is a series for good. */
  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = seriesOf(name, labels);
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
  }

  /** Counters, and gauges as they are now. */
  text(gauges: readonly Gauge[]): string {
    const lines = [...this.#counters].sort(([a], [b]) => a.localeCompare(b));
    const names = new Set(lines.map(([key]) => nameOf(key)));
    const counters = [...names].flatMap((name) => [
      `# TYPE ${name} counter`,
      ...lines.filter(([key]) => nameOf(key) === name).map(([key, value]) => `${key} ${value}`),
    ]);
    const now = gauges.flatMap(({ name, values }) => [
      `# TYPE ${PREFIX}${name} gauge`,
      ...values.map(([labels, value]) => `${seriesOf(name, labels)} ${value}`),
    ]);
    return `${[...counters, ...now].join('\n')}\n`;
  }
}

export interface Gauge {
  readonly name: string;
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

const PREFIX = 'postern_relay_';

const nameOf = (series: string): string => series.split('{', 1)[0] ?? series;

function seriesOf(name: string, labels: Readonly<Record<string, string>>): string {
  const text = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${PREFIX}${name}${text.length === 0 ? '' : `{${text.join(',')}}`}`;
}
