/** An exchange and a relay before it, for tests that run inside workerd and can only reach them by HTTP. */
export interface ExchangeStage {
  /** Bindings of the gateway; the vault needs RELAY_SEALING_KEY of them. */
  readonly vars: Readonly<
    Record<'RELAY_URL' | 'RELAY_EDGE_KEY' | 'RELAY_SIGNING_KEY' | 'RELAY_SEALING_KEY', string>
  >;
  /** The emulator: its REST and its control API. */
  readonly exchangeUrl: string;
  /** `POST /stop`, `POST /start`, `POST /restart`: of the relay, on its port. */
  readonly relayControlUrl: string;
  close(): Promise<void>;
}
