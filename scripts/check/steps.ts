import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { inProject, root } from '../lib/paths.ts';

/** One named command of the checks. */
export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Show its output as it comes; otherwise only when it fails. */
  readonly verbose?: boolean;
}

/** Environment of every tool: the project's own Node and binaries first, and nothing sent anywhere. */
const toolEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${inProject('node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
  WRANGLER_SEND_METRICS: 'false',
  NO_UPDATE_NOTIFIER: '1',
};

/** Runs one step and says how it went. Resolves to whether it passed. */
export async function runStep(step: Step): Promise<boolean> {
  const started = Date.now();
  const { code, output } = await execute(step);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)`);
  if (code !== 0 && step.verbose !== true) console.log(output);
  return code === 0;
}

function execute({ command: [program, ...args], verbose }: Step): Promise<{ code: number; output: string }> {
  const stdio = verbose === true ? 'inherit' : 'pipe';
  const child = spawn(program, args, { cwd: root, env: toolEnvironment, stdio: ['ignore', stdio, stdio] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
