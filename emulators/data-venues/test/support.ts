import * as z from 'zod';
import { startDataVenues, type DataVenueName } from '../index.ts';

const statsSchema = z.object({
  requests: z.record(z.string(), z.number()),
  counts: z.object({ faults_fired: z.number() }),
});

export interface TestDataVenues {
  readonly url: (name: DataVenueName) => string;
  get(name: DataVenueName, path: string, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  control(name: DataVenueName, call: string, body?: unknown): Promise<unknown>;
  stats(name: DataVenueName): Promise<z.infer<typeof statsSchema>>;
  readonly close: () => Promise<void>;
}

/** All three with a manual clock; a test closes them with `close`. */
export async function startForTest(): Promise<TestDataVenues> {
  const { venues, close } = await startDataVenues({ clock: 'manual' });
  const url = (name: DataVenueName): string => venues[name].url;
  const get: TestDataVenues['get'] = async (name, path, headers = {}) => {
    const response = await fetch(`${url(name)}${path}`, { headers });
    return response.json();
  };
  return {
    url,
    get,
    control: async (name, call, body = {}) => {
      const request = { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(`${url(name)}/__control/${call}`, request);
      if (!response.ok) throw new Error(`control ${call}: ${await response.text()}`);
      return response.json();
    },
    stats: async (name) => statsSchema.parse(await get(name, '/__control/stats')),
    close,
  };
}
