import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** A process that this program started and will stop. */
export interface Child {
  readonly pid: number;
  /** Settles when the process has ended, however it ended. */
  readonly ended: Promise<void>;
  /** Asks it to stop, and after a grace period makes it. Settles when it is gone. */
  stop(): Promise<void>;
}

/** How long a process may take to stop by itself. */
const GRACE_MS = 3_000;

export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** File that standard output and error are appended to. */
  readonly logFile: string;
  /** Which pipe tells that it is ready, and what a line there means; undefined = not this line. */
  readonly ready: { readonly fd: 1 | 3; readonly read: (line: string) => string | undefined };
  readonly readyTimeoutMs: number;
}

/** Starts a process and waits for its ready line. Throws with the end of its log when it dies before. */
export async function startChild(
  spec: ChildSpec,
): Promise<{ readonly child: Child; readonly ready: string }> {
  // Output goes to the file without passing through us: a busy child writes a line a request. Only a ready line
  // on standard output has to be read here.
  const log = openSync(spec.logFile, 'a', 0o600);
  const process = spawn(spec.command, spec.args, {
    env: spec.env,
    // Standard input stays open as long as we live: a child may end when it closes.
    stdio: ['pipe', spec.ready.fd === 1 ? 'pipe' : log, log, 'pipe'],
    // Ctrl-C at a terminal goes to the whole group; children are stopped by us, in order.
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    process.once('error', () => resolve());
    process.once('close', () => resolve());
  });
  const child: Child = { pid: process.pid ?? -1, ended, stop: () => stop(process, ended) };
  try {
    return { child, ready: await firstReady(process, spec, ended) };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function firstReady(process: ChildProcess, spec: ChildSpec, ended: Promise<void>): Promise<string> {
  const found = lineOn(process.stdio[spec.ready.fd], spec.ready.read);
  const died = ended.then(() =>
    Promise.reject(new Error(`${spec.name} ended before it was ready. ${tailOf(spec.logFile)}`)),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${spec.name} was not ready in time. ${tailOf(spec.logFile)}`)),
      spec.readyTimeoutMs,
    );
  });
  try {
    return await Promise.race([found, died, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The last words of a log, for an error message. */
const tailOf = (file: string): string => readFileSync(file, 'utf8').slice(-2_000).trim();

function lineOn(
  stream: ChildProcess['stdio'][number] | undefined,
  read: (line: string) => string | undefined,
): Promise<string> {
  return new Promise((resolve) => {
    let buffer = '';
    // `stdio` was asked for as pipes, so the entry is a Readable.
    (stream as Readable | null | undefined)?.on('data', (chunk: Buffer) => {
      buffer += chunk.toString();
      const lines = buffer.split('\n');
      buffer = lines.pop() ?? '';
      for (const line of lines) {
        const value = read(line);
        if (value !== undefined) resolve(value);
      }
    });
  });
}

async function stop(process: ChildProcess, ended: Promise<void>): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill('SIGTERM');
  const timer = setTimeout(() => process.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(timer);
}
