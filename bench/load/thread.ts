import { parentPort } from 'node:worker_threads';
import { Client } from './client.ts';
import type { Shot, Volley, VolleyResult } from './protocol.ts';

/** Serials of one process never repeat, nor do those of a bench started later. */
let serial = Date.now() * 1_000;

/** Ring of latencies: more than any run takes at c=1; a faster run keeps its last part. */
const SAMPLES = 400_000;

/** The load generator's own thread: everything that it does between two requests is this file and `client.ts`. */
async function fire(volley: Volley): Promise<VolleyResult> {
  const latencies = new Float64Array(SAMPLES);
  let requests = 0;
  let failed = 0;
  let firstFailure: string | undefined;
  const clients = await Promise.all(
    Array.from({ length: volley.connections }, () => Client.open(volley.port)),
  );
  const started = performance.now();
  const deadline = started + volley.seconds * 1_000;
  const goesOn = (now: number): boolean =>
    volley.requests === undefined ? now < deadline : requests < volley.requests;
  const loop = async (client: Client): Promise<void> => {
    for (let now = performance.now(); goesOn(now);) {
      const sample = requests;
      requests += 1;
      const next = volley.shots[sample % volley.shots.length];
      if (!next) throw new Error('nothing to send');
      const answer = await client.send(textOf(next));
      const ended = performance.now();
      latencies[sample % SAMPLES] = ended - now;
      now = ended;
      if (answer.text === '') continue;
      failed += 1;
      firstFailure ??= answer.text;
    }
  };
  try {
    await Promise.all(clients.map(loop));
  } finally {
    for (const client of clients) client.close();
  }
  const seconds = (performance.now() - started) / 1_000;
  const sorted = latencies.subarray(0, Math.min(requests, SAMPLES)).sort();
  const quantile = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return {
    requests,
    perSecond: requests / seconds,
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    failed,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

function textOf({ head, body, serial: placeholder }: Shot): string {
  if (placeholder === undefined) return head + body;
  serial += 1;
  return head + body.replace(placeholder, String(serial));
}

parentPort?.on('message', (volley: Volley) => {
  fire(volley).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  );
});
