import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PosternFile } from './launch-file.ts';

/**
 * The id of the workerd that runs on the state of this home: of another `npm start`, or left by one that was killed.
 * Two of them would write the same databases.
 */
export function workerdOn(home: string): number | undefined {
  const pid = notedPid(home);
  // The number may be somebody else's by now: what it runs is looked at.
  return pid !== undefined && commandOf(pid).includes(join(home, 'workerd.capnp')) ? pid : undefined;
}

function notedPid(home: string): number | undefined {
  try {
    const { pids } = JSON.parse(readFileSync(join(home, 'postern.json'), 'utf8')) as PosternFile;
    return pids.workerd;
  } catch {
    return undefined;
  }
}

/** Empty where there is no such process. Containers often have no `ps`, other systems than Linux no `/proc`. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
    return stdout ?? '';
  }
}
