import { streamKinds } from '../../shared/relay/frames.ts';
import type { Calls } from '../rest/calls.ts';
import type { Sessions } from '../session/sessions.ts';
import type { MemoryBudget } from '../streams/memory-budget.ts';
import type { Gauge } from './metrics.ts';

/** What there is now, summed over desks: a label for each desk would tell a scraper who trades. */
export function gaugesOf(sessions: Sessions, budget: MemoryBudget, calls: Calls): readonly Gauge[] {
  const all = sessions.all;
  const streams = all.flatMap((session) => session.streams);
  const one = (name: string, value: number): Gauge => ({ name, values: [[{}, value]] });
  return [
    one('sessions', all.length),
    one('sessions_away', all.filter(({ isAway }) => isAway).length),
    one('connections', sessions.wires),
    one('calls_under_way', calls.underWay),
    one('upstream_streams', sum(all.map(({ upstreamCount }) => upstreamCount))),
    one('upstream_streams_paused', sum(all.map(({ pausedCount }) => pausedCount))),
    one('window_bytes', budget.used),
    one('window_bytes_limit', budget.limit),
    one('socket_buffered_bytes', sum(all.map(({ buffered }) => buffered))),
    one('unsent_items', sum(streams.map(({ unsent }) => unsent))),
    {
      name: 'streams',
      values: streamKinds.map((kind) => [{ kind }, streams.filter((stream) => stream.kind === kind).length]),
    },
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
