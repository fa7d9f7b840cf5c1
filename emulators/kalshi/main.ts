import { optionsFromEnvironment, runEmulator } from '../lib/process.ts';
import { startKalshiEmulator } from './index.ts';

const NAME = 'kalshi emulator';
const options = optionsFromEnvironment(NAME);

await runEmulator({
  name: NAME,
  port: options.port,
  start: async () => {
    const emulator = await startKalshiEmulator(options);
    return { ready: { url: emulator.url }, close: () => emulator.close() };
  },
});
