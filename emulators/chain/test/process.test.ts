import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { providers } from 'ethers';
import * as z from 'zod';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** The project's own Node: it strips types, whichever Node runs the tests. */
const NODE = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const readySchema = z.object({ ready: z.literal(true), url: z.string() });

async function ready(child: ChildProcessWithoutNullStreams): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    return readySchema.parse(JSON.parse(line)).url;
  }
  throw new Error('ended before it was ready');
}

test('the process says where it listens and ends with its parent', async () => {
  const child = spawn(NODE, [MAIN], { env: { ...process.env, EMULATOR_EXIT_WITH_PARENT: '1' } });
  try {
    const url = await ready(child);
    const provider = new providers.JsonRpcProvider(url);
    expect((await provider.getNetwork()).chainId).toBe(137);
    const ended = once(child, 'exit');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
