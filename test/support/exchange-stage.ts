import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { startExchangeEmulator } from '../../emulators/exchange/index.ts';
import { readConfig } from '../../relay/config/environment.ts';
import { startRelay, type Relay } from '../../relay/index.ts';
import { stageOf, type ExchangeStage, type ExchangeStages } from './exchange-stage-types.ts';
import { createRelayBridge, DIAL_PATH } from './relay-bridge.ts';
import { createRelayFront } from './relay-front.ts';

const jwk = async (key: CryptoKey): Promise<string> => JSON.stringify(await exportJWK(key));

/** More than there are tests: tenants whose relays may dial in are a setting, and desks are made as tests run. */
const DIALLING = 200;

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
  const dialling = Array.from({ length: DIALLING }, () => `tnt_dial_${crypto.randomUUID().slice(0, 8)}`);
  const free = [...dialling];
  const bridge = createRelayBridge();
  const front = createRelayFront((desk) => stages.get(stageOf(desk))?.relayUrl);
  const control = createServer((request, response) => {
    const [, name = '', what = 'open', whom] = (request.url ?? '').split('/');
    const act = async (): Promise<ExchangeStage> => {
      const dialect = what === 'v1' ? 'v1' : 'v1beta1';
      const stage = stages.get(name) ?? (await Stage.open({ keys, dialUrl, dialect }));
      stages.set(name, stage);
      if (what === 'stop') await stage.stop();
      if (what === 'start') await stage.start();
      const told = { exchangeUrl: stage.exchangeUrl, bridgeUrl };
      if (what !== 'dial') return told;
      const tenant = whom ?? free.shift();
      if (tenant === undefined) throw new Error('no tenant is left that may dial in: raise DIALLING');
      await stage.dial(tenant);
      return { ...told, tenant };
    };
    act().then(
      (stage) => response.end(JSON.stringify(stage)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const [relayUrl, controlUrl, bridgeUrl] = await Promise.all([
    listen(front),
    listen(control),
    listen(bridge),
  ]);
  const dialUrl = `${bridgeUrl.replace('http', 'ws')}${DIAL_PATH}`;
  return {
    vars: {
      RELAY_URL: relayUrl,
      RELAY_DIAL: dialling.join(','),
      RELAY_EDGE_KEY: await jwk(edge.privateKey),
      RELAY_SIGNING_KEY: await jwk(signing.publicKey),
      RELAY_SEALING_KEY: await jwk(sealing.publicKey),
    },
    controlUrl,
    close: async () => {
      for (const server of [front, control, bridge]) {
        server.close();
        server.closeAllConnections();
      }
      await Promise.all([...stages.values()].map((stage) => stage.close()));
    },
  };
}

interface StageSpec {
  readonly keys: Readonly<Record<string, string>>;
  readonly dialUrl: string;
  readonly dialect: 'v1' | 'v1beta1';
}

/** At once, but for a relay that another one has replaced: it stays away. */
const backoff = (failures: number): number => (failures < 100 ? 10 : 3_600_000);

class Stage {
  readonly exchangeUrl: string;
  readonly #startRelay: (tenant?: string) => Promise<Relay>;
  readonly #closeExchange: () => Promise<void>;
  #relay: Relay | undefined;
  /** Tenants for whom a relay dials in; one stands twice where two relays do. */
  readonly #dialling: string[] = [];
  #dialled: Relay[] = [];

  static async open({ keys, dialUrl, dialect }: StageSpec): Promise<Stage> {
    const exchange = await startExchangeEmulator({ clock: 'manual', rateLimits: false });
    const environment = {
      ...keys,
      RELAY_DIALECT: dialect,
      RELAY_REST_URL: exchange.url,
      RELAY_GRPC_URL: `http://${exchange.grpc}`,
      RELAY_PORT: '0',
      RELAY_OPS_PORT: '0',
    };
    const relay = (tenant?: string): Promise<Relay> => {
      const dial = tenant === undefined ? {} : { RELAY_DIAL_URL: dialUrl, RELAY_DESKS: `${tenant}/test` };
      return startRelay(readConfig({ ...environment, ...dial }), { backoff, log: () => undefined });
    };
    const stage = new Stage(exchange.url, relay, () => exchange.close());
    await stage.start();
    return stage;
  }

  private constructor(
    exchangeUrl: string,
    startOne: (tenant?: string) => Promise<Relay>,
    closeExchange: () => Promise<void>,
  ) {
    this.exchangeUrl = exchangeUrl;
    this.#startRelay = startOne;
    this.#closeExchange = closeExchange;
  }

  get relayUrl(): string | undefined {
    return this.#relay?.url;
  }

  async dial(tenant: string): Promise<void> {
    this.#dialling.push(tenant);
    this.#dialled.push(await this.#startRelay(tenant));
  }

  async start(): Promise<void> {
    if (this.#relay) return;
    const starting = this.#dialling.map((tenant) => this.#startRelay(tenant));
    [this.#relay, ...this.#dialled] = await Promise.all([this.#startRelay(), ...starting]);
  }

  async stop(): Promise<void> {
    const relays = [...(this.#relay ? [this.#relay] : []), ...this.#dialled];
    this.#relay = undefined;
    this.#dialled = [];
    await Promise.all(relays.map((relay) => relay.close()));
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
