import { optionsFromEnvironment, runEmulator } from '../lib/process.ts';
import { startChainEmulator } from './index.ts';

const NAME = 'chain emulator';
const { port } = optionsFromEnvironment(NAME);

await runEmulator({
  name: NAME,
  port,
  start: async () => {
    const emulator = await startChainEmulator({ port });
    return { ready: { url: emulator.url }, close: () => emulator.close() };
  },
});
