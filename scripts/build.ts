import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { buildWorkers, bundleFolder } from './build/build-workers.ts';

/** What the gateway may weigh, compressed (bench/README.md): cold starts pay for every byte. */
const GATEWAY_BUDGET_KB = 350;

/** `npm run build`: both Workers' bundles under dist/, as they are deployed. Fails above the budget. */
await buildWorkers();
const weight = gzipSync(readFileSync(`${bundleFolder('gateway')}/index.js`)).length / 1024;
console.log(`gateway bundle: ${weight.toFixed(0)} KB gzip (budget ${GATEWAY_BUDGET_KB} KB)`);
if (weight > GATEWAY_BUDGET_KB) process.exitCode = 1;
