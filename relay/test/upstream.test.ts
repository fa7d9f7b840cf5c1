import { generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { expect, test } from 'vitest';
import { LIMIT, startForTest } from '../../emulators/exchange/test/support.ts';
import { certificateFor, type Certificate } from './certificate.ts';
import { connected, open, openLive, orderIds, startTestRelay, type TestRelay } from './support.ts';

const HOST = 'rest.preprod.example';
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

test('behind a PrivateLink name, the exchange is called by its public one: Host, authority, TLS server name', async () => {
  const seen: Record<string, string | undefined> = {};
  const rest = createHttpServer((request, response) => {
    seen['host'] = request.headers.host;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  const grpc = createHttp2Server().listen(0, '127.0.0.1');
  grpc.on('stream', (stream, headers) => {
    seen['authority'] = headers[':authority'];
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' },
      { endStream: true },
    );
  });
  // The mail server's own certificate: nobody trusts it, so that the handshake fails after the name was said.
  const options: unknown = createRequire(import.meta.url)('smtp-server/lib/tls-options.js');
  const certificate = (options as () => { readonly key: string; readonly cert: string })();
  const names: string[] = [];
  const tls = createTlsServer({
    ...certificate,
    ALPNProtocols: ['h2', 'http/1.1'],
    SNICallback: (name, done) => {
      names.push(name);
      done(null);
    },
  }).listen(0, '127.0.0.1');
  tls.on('tlsClientError', () => undefined);
  await Promise.all([rest, grpc, tls].map((server) => once(server, 'listening')));
  const exchange = await startForTest();
  const plain = await startTestRelay(
    {
      RELAY_REST_URL: `http://127.0.0.1:${portOf(rest)}`,
      RELAY_GRPC_URL: `http://127.0.0.1:${portOf(grpc)}`,
      RELAY_HOST_HEADER: HOST,
    },
    {},
    exchange,
  );
  const secure = await startTestRelay(
    {
      RELAY_REST_URL: `https://127.0.0.1:${portOf(tls)}`,
      RELAY_GRPC_URL: `https://127.0.0.1:${portOf(tls)}`,
      RELAY_HOST_HEADER: HOST,
    },
    {},
    exchange,
  );
  try {
    expect(await plain.call('/rest/api/v1beta1/whoami', {})).toMatchObject({ outcome: 'answered' });
    const connector = await connected(plain);
    connector.send(open('orders', 'orders'));
    expect(await connector.next('close')).toMatchObject({ code: 12 });
    expect(seen).toEqual({ host: HOST, authority: HOST });
    // A certificate that is not the exchange's: nothing was said to whoever showed it.
    expect(await secure.call('/rest/api/v1beta1/insert_order', LIMIT)).toMatchObject({
      status: 503,
      outcome: 'not-sent',
    });
    const other = await connected(secure);
    other.send(open('orders', 'orders'));
    await other.next('state', ({ reason }) => reason.startsWith('UNAVAILABLE'));
    expect(new Set(names)).toEqual(new Set([HOST]));
    expect(names.length).toBeGreaterThanOrEqual(2);
  } finally {
    await Promise.all([plain.close(), secure.close(), exchange.close()]);
    for (const server of [rest, grpc, tls]) server.close();
  }
});

/** TLS in front of a port of this machine. */
async function secured(certificate: Certificate, address: string) {
  const server = createTlsServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (inside) => {
    const outside = connect(Number(address.split(':').at(-1)), '127.0.0.1');
    inside.pipe(outside).pipe(inside);
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `https://127.0.0.1:${portOf(server)}`, close: () => server.close() };
}

test('in the v1 dialect over TLS the same calls and streams work, also over a cut and a death of the relay', async () => {
  const exchange = await startForTest();
  const certificate = certificateFor(HOST);
  const folder = mkdtempSync(join(tmpdir(), 'relay-tls-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, certificate.cert);
  const [rest, grpc] = await Promise.all(
    [exchange.url, exchange.grpc].map((address) => secured(certificate, address)),
  );
  const environment = {
    RELAY_DIALECT: 'v1',
    RELAY_REST_URL: rest?.url ?? '',
    RELAY_GRPC_URL: grpc?.url ?? '',
    RELAY_HOST_HEADER: HOST,
    RELAY_CA_FILE: caFile,
    // Elsewhere, under a name of its own.
    RELAY_TOKEN_URL: `${exchange.url}/oauth/token`,
    RELAY_TOKEN_AUDIENCE: exchange.url,
  };
  const relay = await startTestRelay(environment, {}, exchange);
  let second: TestRelay | undefined;
  try {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    await relay.exchange.control('client', { client_id: 'desk', public_key: pem, username: 'alpha-trader' });
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(Date.now() / 1000);
    const claims = {
      iss: 'desk',
      sub: 'desk',
      aud: `${relay.exchange.url}/oauth/token`,
      jti: randomUUID(),
      iat,
      exp: iat + 60,
    };
    const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    const signature = signBytes('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url');
    const login = { client_id: 'desk', client_assertion: `${signed}.${signature}` };
    const session = await relay.call('/rest/auth/v1beta1/login', login);
    expect(session).toMatchObject({ status: 200, outcome: 'answered' });
    expect(Date.parse(session.body['accessExpirationTime'])).toBeGreaterThan(Date.now());
    const credential = await relay.credential({ token: session.body['accessToken'] });

    const inserted = await relay.call('/rest/api/v1beta1/insert_order', LIMIT, { credential });
    const { order_id } = inserted.body;
    expect(inserted).toMatchObject({ status: 200, body: { order_id: expect.any(String) } });
    // A GET with a repeated parameter there.
    const lookup = { accounts: ['main'], symbols: [LIMIT.symbol] };
    const { body } = await relay.call('/rest/api/v1beta1/get_open_orders', lookup, { credential });
    expect(body['orders']).toMatchObject([{ id: order_id, time_in_force: LIMIT.time_in_force }]);
    expect(await relay.call('/rest/api/v1beta1/teleport', {}, { credential })).toMatchObject({
      status: 501,
      outcome: 'not-sent',
    });

    const connector = await relay.dial();
    connector.send({ type: 'hello', session: 's1' }, { type: 'credential', sealed: credential });
    await openLive(connector, 'orders', 'orders');
    const [snapshot] = await connector.numbered('orders', 1);
    expect(snapshot && orderIds(snapshot)).toEqual([order_id]);
    const change = { order_id, symbol: LIMIT.symbol, order_qty: '7', clord_id: 'changed' };
    const changed = await relay.call('/rest/api/v1beta1/cancel_replace_order', change, { credential });
    expect(changed).toMatchObject({ status: 200, outcome: 'answered' });
    const order = { id: order_id, clord_id: 'changed', order_qty: '7' };
    const [update] = await connector.numbered('orders', 1);
    expect(update).toMatchObject({ body: { update: { executions: [{ order }] } } });
    await exchange.control('streams/cut', { how: 'connection' });
    const after = await connector.numbered('orders', 2);
    expect(after).toMatchObject([{ type: 'gap' }, { body: { snapshot: { orders: [order] } } }]);

    await relay.close();
    second = await startTestRelay(environment, {}, exchange);
    const again = await second.dial();
    again.send({ type: 'hello', session: 's1' }, { type: 'credential', sealed: credential });
    const place = { epoch: relay.epoch, seq: after.at(-1)?.seq ?? 0 };
    again.send(open('orders', 'orders', {}, place));
    expect(await again.numbered('orders', 2)).toMatchObject([
      { type: 'gap' },
      { body: { snapshot: { orders: [order] } } },
    ]);
  } finally {
    await Promise.all([relay.close(), second?.close(), exchange.close()]);
    for (const proxy of [rest, grpc]) proxy?.close();
    rmSync(folder, { recursive: true });
  }
});
