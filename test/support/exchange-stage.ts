import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { startExchangeEmulator } from '../../emulators/exchange/index.ts';
import { readConfig } from '../../relay/config/environment.ts';
import { startRelay, type Relay } from '../../relay/index.ts';
import type { ExchangeStage } from './exchange-stage-types.ts';

const jwk = async (key: CryptoKey): Promise<string> => JSON.stringify(await exportJWK(key));

export async function startExchangeStage(): Promise<ExchangeStage> {
  const [edge, signing, sealing] = await Promise.all([
    generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true }),
    generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true }),
    generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true }),
  ]);
  const exchange = await startExchangeEmulator({ clock: 'manual', rateLimits: false });
  const edgeKeys = { keys: [{ kid: 'gateway', ...(await exportJWK(edge.publicKey)) }] };
  const environment = {
    RELAY_REST_URL: exchange.url,
    RELAY_GRPC_URL: `http://${exchange.grpc}`,
    RELAY_EDGE_KEYS: JSON.stringify(edgeKeys),
    RELAY_SIGNING_KEY: await jwk(signing.privateKey),
    RELAY_SEALING_KEY: await jwk(sealing.privateKey),
    RELAY_OPS_PORT: '0',
  };
  const start = (port: string): Promise<Relay> =>
    startRelay(readConfig({ ...environment, RELAY_PORT: port }), { backoff: () => 10, log: () => undefined });
  let relay: Relay | undefined = await start('0');
  const { url } = relay;
  const stop = async (): Promise<void> => {
    await relay?.close();
    relay = undefined;
  };
  const control = createServer((request, response) => {
    const act = async (): Promise<void> => {
      if (request.url !== '/start') await stop();
      if (request.url !== '/stop') relay ??= await start(new URL(url).port);
    };
    act().then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  return {
    vars: {
      RELAY_URL: url,
      RELAY_EDGE_KEY: await jwk(edge.privateKey),
      RELAY_SIGNING_KEY: await jwk(signing.publicKey),
      RELAY_SEALING_KEY: await jwk(sealing.publicKey),
    },
    exchangeUrl: exchange.url,
    // An address, because it listens on a port.
    relayControlUrl: `http://127.0.0.1:${(control.address() as AddressInfo).port}`,
    close: async () => {
      control.close();
      await stop();
      await exchange.close();
    },
  };
}
