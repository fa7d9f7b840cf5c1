import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from './check/checks.ts';
import { runStep } from './check/steps.ts';

/** The part of vitest's JSON report that we count. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

/** `npm test`: every check, then every test. The last line counts both. */
async function main(): Promise<void> {
  let passed = 0;
  let failed = 0;
  for (const step of checks) {
    if (await runStep(step)) passed += 1;
    else failed += 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'postern-report-'));
  const file = join(folder, 'report.json');
  const good = await runStep({
    name: 'tests',
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    verbose: true,
  });
  const report = readReport(file);
  rmSync(folder, { recursive: true, force: true });
  passed += report?.numPassedTests ?? 0;
  failed += report?.numFailedTests ?? 0;
  // A file that could not be loaded, or a failed set-up, has no failed test to count.
  if (!good && (report?.numFailedTests ?? 0) === 0) failed += Math.max(1, report?.numFailedTestSuites ?? 1);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function readReport(file: string): Report | undefined {
  try {
    // vitest wrote it a moment ago.
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

await main();
