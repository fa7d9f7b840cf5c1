/** A key of the Kalshi emulator's local account. It opens nothing on the real venue. */
export interface KalshiKey {
  readonly apiKeyId: string;
  /** RSA, PKCS #8. */
  readonly privateKeyPem: string;
}

/** What `<home>/postern.json` tells whoever wants to use the running program. */
export interface PosternFile {
  readonly url: string;
  readonly adminToken: string;
  /** One gateway key for each kind of tenant. */
  readonly keys: Readonly<Record<'trader' | 'builder' | 'partner' | 'desk' | 'free', string>>;
  readonly polymarket: { readonly privateKey: string; readonly address: string };
  readonly kalshi: KalshiKey;
  /** Address that moves escrowed fees on the local chain. */
  readonly relayer: string;
  /** Folder where the mails stand that the gateway sends on this machine, one file each. */
  readonly outbox: string;
  readonly jwt: { readonly issuer: string; readonly audience: string; readonly sample: string };
  /** Base URLs as the venues' clients take them, JSON-RPC for the chain; the control API of each is `<url>/__control/`. */
  readonly emulators: Readonly<
    Record<'polymarket' | 'kalshi' | 'chain' | 'limitless' | 'opinion' | 'predictfun', string>
  > & {
    /** REST and control API of the institutional exchange; its gRPC is `host:port`. */
    readonly exchange?: string;
    readonly exchangeGrpc?: string;
  };
  /** Where the relay to the exchange takes calls and sessions, and where its health and metrics are. */
  readonly relayUrl?: string;
  readonly relayOps?: string;
  readonly pids: Readonly<Record<'workerd' | 'polymarket' | 'kalshi' | 'chain' | 'dataVenues', number>> & {
    readonly exchange?: number;
    readonly relay?: number;
  };
}
