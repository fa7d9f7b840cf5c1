import { optionsFromEnvironment, runEmulator } from '../lib/process.ts';
import { startDataVenues } from './index.ts';

const NAME = 'data venues emulator';
const options = optionsFromEnvironment(NAME);

/** One process for all three: they are asked rarely, and each process more would cost every start of the program. */
await runEmulator({
  name: NAME,
  port: options.port,
  start: async () => {
    const { venues, close } = await startDataVenues(options);
    const urls = Object.fromEntries(Object.entries(venues).map(([name, { url }]) => [name, url]));
    return { ready: { urls }, close };
  },
});
