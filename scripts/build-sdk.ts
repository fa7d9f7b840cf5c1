import { buildSdk } from './build/build-sdk.ts';

/** `node scripts/build-sdk.ts`: the SDK's package under sdk/, ready for `npm pack`. */
if (!(await buildSdk())) process.exitCode = 1;
