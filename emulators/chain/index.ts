import { closeServer, listen } from '../lib/http/listen.ts';
import { createHttpServer } from '../lib/http/server.ts';
import { mine } from './blocks.ts';
import { createApplication } from './http/application.ts';
import { createChain, type Mining } from './state.ts';

export { CONDITIONAL_TOKENS, FEE_ESCROW, NEG_RISK_ADAPTER, TREASURY, USDC } from './contracts/addresses.ts';
export { CHAIN_ID } from './state.ts';

export interface ChainEmulatorOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  /** `auto` (the default): a block for each transaction. `manual`: by `POST /__control/mine`. */
  readonly mining?: Mining;
}

export interface ChainEmulator {
  /** The JSON-RPC URL. The control API is below it. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a local chain that plays Polygon.
 * @throws when the port is taken.
 */
export async function startChainEmulator(options: ChainEmulatorOptions = {}): Promise<ChainEmulator> {
  const host = options.host ?? '127.0.0.1';
  const chain = createChain(options.mining ?? 'auto');
  mine(chain);
  const stopping = new AbortController();
  const server = createHttpServer(createApplication(chain), stopping.signal);
  const port = await listen(server, options.port ?? 0, host);
  return {
    url: `http://${host}:${port}`,
    port,
    close: () => {
      stopping.abort();
      return closeServer(server);
    },
  };
}
