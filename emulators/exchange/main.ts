/**
 * The exchange emulator as a process.
 *
 * Environment: `PORT` (REST) and `EXCHANGE_GRPC_PORT`, 0 or absent for free ones; `EMULATOR_SEED`, `EMULATOR_CLOCK`
 * (`wall` or `manual`), `EMULATOR_EXIT_WITH_PARENT=1`; `EXCHANGE_INSTRUMENTS` (how many, 12); `EXCHANGE_TLS_CERT` and
 * `EXCHANGE_TLS_KEY` (PEM files: both or none); `EXCHANGE_RATE_LIMITS=off`.
 *
 * The ready line on stdout: `{"ready":true,"url":"http://127.0.0.1:<port>","grpc":"127.0.0.1:<port>","tls":false,
 * "users":[{"name","firm","accounts"}],"password":"…"}`. All those users have that password.
 */
import { readFileSync } from 'node:fs';
import { optionsFromEnvironment, runEmulator } from '../lib/process.ts';
import type { Certificate } from '../lib/http/server.ts';
import { startExchangeEmulator } from './index.ts';
import { LOCAL_PASSWORD, LOCAL_USERS } from './local-users.ts';

const NAME = 'exchange emulator';
const options = optionsFromEnvironment(NAME);

await runEmulator({
  name: NAME,
  port: options.port,
  start: async () => {
    const certificate = certificateFromEnvironment();
    const instruments = integerOf('EXCHANGE_INSTRUMENTS');
    const emulator = await startExchangeEmulator({
      ...options,
      grpcPort: integerOf('EXCHANGE_GRPC_PORT') ?? 0,
      rateLimits: process.env['EXCHANGE_RATE_LIMITS'] !== 'off',
      ...(instruments === undefined ? {} : { instruments }),
      ...(certificate === undefined ? {} : { certificate }),
    });
    const { url, grpc } = emulator;
    const ready = { url, grpc, tls: certificate !== undefined, users: LOCAL_USERS, password: LOCAL_PASSWORD };
    return { ready, close: () => emulator.close() };
  },
});

function certificateFromEnvironment(): Certificate | undefined {
  const { EXCHANGE_TLS_CERT: cert, EXCHANGE_TLS_KEY: key } = process.env;
  if (cert === undefined || key === undefined) return undefined;
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/** @throws with a sentence for nonsense. */
function integerOf(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${variable} must be a non-negative integer`);
  return Number(text);
}
