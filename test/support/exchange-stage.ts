import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { startExchangeEmulator } from '../../emulators/exchange/index.ts';
import { readConfig } from '../../relay/config/environment.ts';
import { startRelay, type Relay } from '../../relay/index.ts';
import { stageOf, type ExchangeStage, type ExchangeStages } from './exchange-stage-types.ts';
import { createRelayFront } from './relay-front.ts';

const jwk = async (key: CryptoKey): Promise<string> => JSON.stringify(await exportJWK(key));

/**
 * An exchange and a relay for each test file: faults, clocks and relays that stop are one file's own affair. Before them
 * one front, because all files share the Workers' bindings.
 */
export async function startExchangeStages(): Promise<ExchangeStages> {
  const [edge, signing, sealing] = await Promise.all([
    generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true }),
    generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true }),
    generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true }),
  ]);
  const edgeKeys = { keys: [{ kid: 'gateway', ...(await exportJWK(edge.publicKey)) }] };
  const keys = {
    RELAY_EDGE_KEYS: JSON.stringify(edgeKeys),
    RELAY_SIGNING_KEY: await jwk(signing.privateKey),
    RELAY_SEALING_KEY: await jwk(sealing.privateKey),
  };
  const stages = new Map<string, Stage>();
  const front = createRelayFront((desk) => stages.get(stageOf(desk))?.relayUrl);
  const control = createServer((request, response) => {
    const [, name = '', what = 'open'] = (request.url ?? '').split('/');
    const act = async (): Promise<ExchangeStage> => {
      const stage = stages.get(name) ?? (await Stage.open(keys, what === 'v1' ? 'v1' : 'v1beta1'));
      stages.set(name, stage);
      if (what === 'stop') await stage.stop();
      if (what === 'start') await stage.start();
      return { exchangeUrl: stage.exchangeUrl };
    };
    act().then(
      (stage) => response.end(JSON.stringify(stage)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const [relayUrl, controlUrl] = await Promise.all([listen(front), listen(control)]);
  return {
    vars: {
      RELAY_URL: relayUrl,
      RELAY_EDGE_KEY: await jwk(edge.privateKey),
      RELAY_SIGNING_KEY: await jwk(signing.publicKey),
      RELAY_SEALING_KEY: await jwk(sealing.publicKey),
    },
    controlUrl,
    close: async () => {
      for (const server of [front, control]) {
        server.close();
        server.closeAllConnections();
      }
      await Promise.all([...stages.values()].map((stage) => stage.close()));
    },
  };
}

class Stage {
  readonly exchangeUrl: string;
  readonly #startRelay: () => Promise<Relay>;
  readonly #closeExchange: () => Promise<void>;
  #relay: Relay | undefined;

  static async open(keys: Readonly<Record<string, string>>, dialect: 'v1' | 'v1beta1'): Promise<Stage> {
    const exchange = await startExchangeEmulator({ clock: 'manual', rateLimits: false });
    const config = readConfig({
      ...keys,
      RELAY_DIALECT: dialect,
      RELAY_REST_URL: exchange.url,
      RELAY_GRPC_URL: `http://${exchange.grpc}`,
      RELAY_PORT: '0',
      RELAY_OPS_PORT: '0',
    });
    const relay = () => startRelay(config, { backoff: () => 10, log: () => undefined });
    const stage = new Stage(exchange.url, relay, () => exchange.close());
    await stage.start();
    return stage;
  }

  private constructor(
    exchangeUrl: string,
    startOne: () => Promise<Relay>,
    closeExchange: () => Promise<void>,
  ) {
    this.exchangeUrl = exchangeUrl;
    this.#startRelay = startOne;
    this.#closeExchange = closeExchange;
  }

  get relayUrl(): string | undefined {
    return this.#relay?.url;
  }

  async start(): Promise<void> {
    this.#relay ??= await this.#startRelay();
  }

  async stop(): Promise<void> {
    const relay = this.#relay;
    this.#relay = undefined;
    await relay?.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#closeExchange();
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // An address, because it listens on a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
