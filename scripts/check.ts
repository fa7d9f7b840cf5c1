import { checks } from './check/checks.ts';
import { runStep } from './check/steps.ts';

/** `npm run check`: format, lint, types, generated files, dry-run deploy. Exits 1 when one fails. */
let failed = 0;
for (const step of checks) if (!(await runStep(step))) failed += 1;
process.exitCode = failed === 0 ? 0 : 1;
