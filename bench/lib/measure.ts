import type { LoadGenerator } from '../load/load.ts';
import type { Shot } from '../load/protocol.ts';
import { cpuMs } from '../servers/process.ts';

/** Something that answers requests. */
export interface Target {
  readonly port: number;
  readonly pid: number;
  readonly shots: readonly Shot[];
}

/** What one target did, medians over the rounds. */
export interface Figures {
  /** Requests a second at c=16. */
  readonly perSecond: number;
  /** Latency at c=1. */
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** CPU time of the target's process a request at c=16: it hardly moves when the machine is busy. */
  readonly cpuUs: number;
}

export interface Compared {
  readonly baseline: Figures;
  readonly measured: Figures;
  /** measured ÷ baseline throughput: median over the rounds of the ratio within a round. */
  readonly ratio: number;
}

export interface Pace {
  readonly rounds: number;
  readonly latencySeconds: number;
  readonly throughputSeconds: number;
}

const WARM_SECONDS = 1.5;
const LOADED = 16;

/**
 * Measures two targets in turns, A B A B, so that a machine that slows down slows both. One warm-up each comes
 * first: just-in-time compilation, connections, objects' first use.
 */
export async function compare(
  load: LoadGenerator,
  baseline: Target,
  measured: Target,
  pace: Pace,
): Promise<Compared> {
  for (const { port, shots } of [baseline, measured]) {
    await load.fire({ port, shots, connections: LOADED, seconds: WARM_SECONDS });
  }
  const rounds: { readonly a: Figures; readonly b: Figures }[] = [];
  for (let round = 0; round < pace.rounds; round += 1) {
    rounds.push({ a: await once(load, baseline, pace), b: await once(load, measured, pace) });
    process.stderr.write('.');
  }
  return {
    baseline: medians(rounds.map(({ a }) => a)),
    measured: medians(rounds.map(({ b }) => b)),
    ratio: median(rounds.map(({ a, b }) => b.perSecond / a.perSecond)),
  };
}

async function once(load: LoadGenerator, { port, pid, shots }: Target, pace: Pace): Promise<Figures> {
  const calm = await load.fire({ port, shots, connections: 1, seconds: pace.latencySeconds });
  const before = cpuMs(pid);
  const busy = await load.fire({ port, shots, connections: LOADED, seconds: pace.throughputSeconds });
  const cpuUs = ((cpuMs(pid) - before) * 1_000) / busy.requests;
  return { perSecond: busy.perSecond, p50Ms: calm.p50Ms, p90Ms: calm.p90Ms, cpuUs };
}

const medians = (all: readonly Figures[]): Figures => ({
  perSecond: median(all.map((entry) => entry.perSecond)),
  p50Ms: median(all.map((entry) => entry.p50Ms)),
  p90Ms: median(all.map((entry) => entry.p90Ms)),
  cpuUs: median(all.map((entry) => entry.cpuUs)),
});

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
