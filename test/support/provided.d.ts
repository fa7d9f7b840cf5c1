import type { PosternFile } from '../../scripts/launch/launch-file.ts';
import type { ExchangeStages } from './exchange-stage-types.ts';

/** What the global set-ups provide to tests. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Base URL of a Polymarket emulator whose clock only moves when told. */
    clobUrl: string;
    /** Likewise of a Kalshi emulator; ends in /trade-api/v2. */
    kalshiUrl: string;
    /** The settings that point the gateway at emulators of the data-only venues. */
    dataVenueUrls: Readonly<Record<'LIMITLESS_URL' | 'OPINION_URL' | 'PREDICTFUN_URL', string>>;
    /** Port of loopback where a mail server without TLS and AUTH takes every mail. */
    mailPort: number;
    /** JSON-RPC URL of an emulated chain whose escrow the test relayer operates. */
    chainUrl: string;
    /** Where test files have an exchange with a relay before it made. */
    exchange: Omit<ExchangeStages, 'close'>;
    /** What `postern.json` of the running program says. */
    postern: PosternFile;
    /** Folder of its state and logs. */
    posternHome: string;
  }
}
