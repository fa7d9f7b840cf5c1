import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPolymarketEmulator } from '../../emulators/polymarket/index.ts';
import { startChild } from '../../scripts/launch/child.ts';
import { inProject } from '../../scripts/lib/paths.ts';
import type { Cleanup } from '../lib/cleanup.ts';

/** The market that the bench reads and trades, and the server that answers for it. */
export interface Origin {
  readonly url: string;
  readonly token: string;
  /** The market that the token belongs to. */
  readonly condition: string;
  /** Best ask in USD, as the book writes it. */
  readonly ask: string;
}

/** Takes one market's bodies from the emulator and serves them from a process that does nothing else. */
export async function startOrigin(home: string, cleanup: Cleanup): Promise<Origin> {
  const { bodies, token, condition, ask } = await capture();
  const file = join(home, 'origin.json');
  writeFileSync(file, JSON.stringify(bodies));
  const { child, ready } = await startChild({
    name: 'origin',
    command: process.execPath,
    args: [inProject('bench/origin/main.ts'), file],
    env: process.env,
    logFile: join(home, 'origin.log'),
    ready: { fd: 1, read: (line) => (line.startsWith('{"port"') ? line : undefined) },
    readyTimeoutMs: 10_000,
  });
  cleanup.add(() => child.stop());
  // The origin's own ready line.
  const { port } = JSON.parse(ready) as { readonly port: number };
  return { url: `http://127.0.0.1:${port}`, token, condition, ask };
}

interface WireMarket {
  readonly condition_id: string;
  readonly minimum_tick_size: number;
  readonly neg_risk: boolean;
  readonly closed: boolean;
  readonly accepting_orders: boolean;
  readonly tokens: readonly { readonly token_id: string }[];
}

async function capture(): Promise<{
  readonly bodies: Readonly<Record<string, string>>;
  readonly token: string;
  readonly condition: string;
  readonly ask: string;
}> {
  const emulator = await startPolymarketEmulator({ clock: 'manual' });
  try {
    const text = async (path: string): Promise<string> => (await fetch(`${emulator.url}${path}`)).text();
    // The emulator's replies, whose shapes its own tests prove.
    const { data } = JSON.parse(await text('/markets')) as { readonly data: readonly WireMarket[] };
    const market = data.find(
      (entry) =>
        entry.accepting_orders && !entry.closed && !entry.neg_risk && entry.minimum_tick_size === 0.01,
    );
    const token = market?.tokens[0]?.token_id;
    if (!market || token === undefined) throw new Error('the emulator has no open market to measure with');
    const paths = [
      `/book?token_id=${token}`,
      `/markets-by-token/${token}`,
      `/clob-markets/${market.condition_id}`,
      `/markets/${market.condition_id}`,
    ];
    const bodies = Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, await text(path)] as const)),
    );
    const book = JSON.parse(bodies[`/book?token_id=${token}`] ?? '') as {
      readonly asks: readonly { readonly price: string }[];
    };
    // The wire has the best level last.
    const { condition_id: condition } = market;
    return { bodies: { ...bodies, '/ok': '"OK"' }, token, condition, ask: book.asks.at(-1)?.price ?? '' };
  } finally {
    await emulator.close();
  }
}
