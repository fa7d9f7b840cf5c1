/** Exchanges and relays before them, for tests that run inside workerd and can only reach them by HTTP. */
export interface ExchangeStages {
  /** Bindings of the gateway; the vault needs RELAY_SEALING_KEY of them. */
  readonly vars: Readonly<
    Record<'RELAY_URL' | 'RELAY_DIAL' | 'RELAY_EDGE_KEY' | 'RELAY_SIGNING_KEY' | 'RELAY_SEALING_KEY', string>
  >;
  /**
   * `POST /<stage>` makes an exchange and a relay, `/<stage>/v1` one whose relay speaks v1; `/<stage>/stop` and
   * `/<stage>/start` are of its relays. `/<stage>/dial` makes a relay that dials in for a tenant whom the gateway lets do
   * so, `/<stage>/dial/<tenant>` for that one, at `relay-bridge.ts`.
   */
  readonly controlUrl: string;
  close(): Promise<void>;
}

/** Reply to `POST /<stage>`. */
export interface ExchangeStage {
  /** The emulator: its REST and its control API. */
  readonly exchangeUrl: string;
  /** Where the test comes for relays that dial in. */
  readonly bridgeUrl: string;
  /** Of `/dial`: for whom. */
  readonly tenant?: string;
}

/** Tenants that a stage serves are `tnt_<stage>_<anything>`. */
export const stageOf = (tenant: string): string => tenant.split('_')[1] ?? '';
