import { startLimitlessEmulator } from '../limitless/index.ts';
import { startOpinionEmulator } from '../opinion/index.ts';
import { startPredictFunEmulator } from '../predictfun/index.ts';
import type { DataVenueEmulator, DataVenueOptions } from './start.ts';

export type DataVenueName = 'limitless' | 'opinion' | 'predictfun';

export interface DataVenues {
  readonly venues: Readonly<Record<DataVenueName, DataVenueEmulator>>;
  readonly close: () => Promise<void>;
}

/**
 * The three data-only venues in this process. `port` is the first one's, the others have the next two; 0 takes free
 * ports. @throws when a port is taken; none is left open then.
 */
export async function startDataVenues({ port = 0, ...options }: DataVenueOptions = {}): Promise<DataVenues> {
  const next = (offset: number): number => (port === 0 ? 0 : port + offset);
  const settled = await Promise.allSettled([
    startLimitlessEmulator({ ...options, port: next(0) }),
    startOpinionEmulator({ ...options, port: next(1) }),
    startPredictFunEmulator({ ...options, port: next(2) }),
  ]);
  const [limitless, opinion, predictfun] = settled;
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.close()));
  };
  if (
    limitless.status === 'fulfilled' &&
    opinion.status === 'fulfilled' &&
    predictfun.status === 'fulfilled'
  ) {
    const venues = { limitless: limitless.value, opinion: opinion.value, predictfun: predictfun.value };
    return { venues, close };
  }
  await close();
  throw settled.find((one) => one.status === 'rejected')?.reason;
}
