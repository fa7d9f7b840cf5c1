import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { timeBoundsIn } from './check/time-bounds.ts';
import { inProject, root } from './lib/paths.ts';

/** A step of `npm run check`: no test hangs on the speed of the machine. Fails with the places of those that do. */
const tests = ['*.test.ts', 'test/**/*.ts', '**/test/*.ts', 'vitest.config.ts'];
/** Where the bounds are said, and what says them of the product's own sockets. */
const free = new Set(['test/support/patience.ts', 'scripts/check/time-bounds.test.ts']);
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...tests], {
  cwd: root,
  encoding: 'utf8',
});
for (const file of new Set(files.split('\n'))) {
  if (file === '' || free.has(file) || !existsSync(inProject(file))) continue;
  for (const { line, text } of timeBoundsIn(readFileSync(inProject(file), 'utf8'))) {
    console.error(`${file}:${line} has a time bound of its own: use test/support/patience.ts. ${text}`);
    process.exitCode = 1;
  }
}
