import { optionsFromEnvironment, runEmulator } from '../lib/process.ts';
import { startPolymarketEmulator } from './index.ts';

/** Reads EMULATOR_VERSION besides what every emulator reads. */
const NAME = 'polymarket emulator';
const options = optionsFromEnvironment(NAME);

await runEmulator({
  name: NAME,
  port: options.port,
  start: async () => {
    const version = process.env['EMULATOR_VERSION'] === '1' ? 1 : 2;
    const emulator = await startPolymarketEmulator({ ...options, version });
    const { url, gammaUrl, dataUrl } = emulator;
    return { ready: { url, gammaUrl, dataUrl }, close: () => emulator.close() };
  },
});
