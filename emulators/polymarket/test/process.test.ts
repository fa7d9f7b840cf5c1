import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** The project's own Node: it strips types, whichever Node runs the tests. */
const NODE = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const readySchema = z.object({
  ready: z.literal(true),
  url: z.string(),
  gammaUrl: z.string(),
  dataUrl: z.string(),
});

function start(environment: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
  return spawn(NODE, [MAIN], { env: { ...process.env, EMULATOR_CLOCK: 'manual', ...environment } });
}

async function ready(child: ChildProcessWithoutNullStreams): Promise<z.infer<typeof readySchema>> {
  for await (const line of createInterface({ input: child.stdout })) {
    return readySchema.parse(JSON.parse(line));
  }
  throw new Error('ended before it was ready');
}

test('the process says where it listens, ends on SIGTERM, and refuses a taken port clearly', async () => {
  const child = start({});
  try {
    const { url, gammaUrl, dataUrl } = await ready(child);
    expect(await (await fetch(`${url}/ok`)).json()).toBe('OK');
    expect([gammaUrl, dataUrl]).toEqual([`${url}/gamma`, `${url}/data-api`]);

    const second = start({ PORT: new URL(url).port });
    let complaint = '';
    second.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    expect(await once(second, 'close')).toEqual([1, null]);
    expect(complaint).toContain('is already in use');

    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('the process ends with its parent when asked to', async () => {
  const child = start({ EMULATOR_EXIT_WITH_PARENT: '1' });
  try {
    await ready(child);
    const ended = once(child, 'exit');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
