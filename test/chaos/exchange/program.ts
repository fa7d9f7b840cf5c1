import { startProgram, type OwnProgram } from '../../support/program.ts';

/** A program of the storm's own: books move when they are told to, and nobody counts requests. */
export const startExchangeProgram = (): Promise<OwnProgram> =>
  startProgram({
    build: 'instrumented',
    exchange: true,
    emulatorEnv: { EMULATOR_CLOCK: 'manual', EXCHANGE_RATE_LIMITS: 'off' },
  });
