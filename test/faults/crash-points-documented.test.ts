import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../scripts/lib/paths.ts';
import { faultPoints } from '../../shared/testing/fault-points.ts';

test('every crash point has a row in docs/consistency.md, and the test that the row names kills there', () => {
  const page = readFileSync(inProject('docs/consistency.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const untested = faultPoints.filter((point) => {
    const row = rows.find((line) => line.startsWith(`| \`${point}\``));
    const [, file] = /`(test\/faults\/[\w.-]+)`/.exec(row ?? '') ?? [];
    return file === undefined || !readFileSync(inProject(file), 'utf8').includes(point);
  });
  expect(untested).toEqual([]);
});
