import { scheduler } from 'node:timers/promises';
import type { Build } from '../../scripts/build/build-workers.ts';
import { launch, type PosternFile } from '../../scripts/launch/launch.ts';
import type { Cleanup } from '../lib/cleanup.ts';

export interface Gateway {
  readonly file: PosternFile;
  readonly port: number;
  /** Process id of workerd now. */
  readonly workerdPid: () => number;
  readonly pid: number;
  /** Ends workerd and waits until it has been started again: its memory and descriptors are free, its state stands. */
  readonly recycle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The real program on free ports, its market data from the bench's origin, or else from its own emulators. */
export async function startGateway(
  home: string,
  originUrl: string | undefined,
  cleanup: Cleanup,
  build: Build = 'production',
): Promise<Gateway> {
  let recycling = false;
  const died = (message: string): void => {
    if (!recycling) console.error(`\ngateway: ${message}`);
  };
  const running = await launch({
    home,
    port: 0,
    build,
    ...(originUrl !== undefined && { vars: { POLYMARKET_CLOB_URL: originUrl } }),
    onEvent: died,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= running.stop());
  cleanup.add(stop);
  const port = Number(new URL(running.file.url).port);
  const recycle = async (): Promise<void> => {
    const before = running.workerdPid();
    recycling = true;
    process.kill(before, 'SIGKILL');
    while (running.workerdPid() === before) await scheduler.wait(20);
    recycling = false;
  };
  const workerdPid = (): number => running.workerdPid();
  return { file: running.file, port, workerdPid, pid: running.file.pids.workerd, recycle, stop };
}
