import { startProgram, type OwnProgram } from '../../support/program.ts';

/** What a storm needs of its program: fault control, and an exchange whose books move when told to and that counts nothing. */
export const stormLaunch = {
  build: 'instrumented',
  exchange: true,
  emulatorEnv: { EMULATOR_CLOCK: 'manual', EXCHANGE_RATE_LIMITS: 'off' },
} as const;

export const startExchangeProgram = (dialect: 'v1beta1' | 'v1'): Promise<OwnProgram> =>
  startProgram({ ...stormLaunch, dialect });
