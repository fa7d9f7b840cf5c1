import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ALPHA, LIMIT } from '../../emulators/exchange/test/support.ts';
import { sessionClose } from '../../shared/relay/frames.ts';
import { verifyReply } from '../../shared/relay/reply-token.ts';
import { GATEWAY_AUDIENCE, verifyRequest } from '../../shared/relay/request-token.ts';
import type { Tuning } from '../index.ts';
import { WebSocketServer } from '../session/ws.ts';
import {
  bytes,
  Connector,
  DESK,
  greet,
  openLive,
  orderIds,
  sign,
  signing,
  startTestRelay,
  type TestRelay,
} from './support.ts';

const CALL = '/rest/api/v1beta1/insert_order';

interface Arrival {
  readonly request: IncomingMessage;
  readonly connector: Connector;
}

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await expect.poll(() => server.listening).toBe(true);
  ends.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port; // of a TCP server that listens
}

/** A relay that nobody can reach, and where it comes to. */
async function startDialling(
  environment: Readonly<Record<string, string>> = {},
  tuning: Tuning = {},
): Promise<{ readonly relay: TestRelay; readonly arrivals: readonly Arrival[] }> {
  const arrivals: Arrival[] = [];
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 8e6, perMessageDeflate: false });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (open) => {
      arrivals.push({ request, connector: new Connector(open) });
    });
  });
  const port = await listening(server);
  const relay = await startTestRelay(
    { RELAY_DIAL_URL: `ws://127.0.0.1:${port}/v1/relay/session?a=1`, RELAY_DESKS: DESK, ...environment },
    tuning,
  );
  ends.push(async () => {
    await relay.close();
    await relay.exchange.close();
  });
  return { relay, arrivals };
}

async function first(arrivals: readonly Arrival[]): Promise<Connector> {
  await expect.poll(() => arrivals.length).toBe(1);
  const [arrival] = arrivals;
  if (arrival === undefined) throw new Error('nobody dialled in');
  return arrival.connector;
}

test('a relay that nobody can reach dials in, signed, again after a cut; streams and calls run over its socket', async () => {
  const { relay, arrivals } = await startDialling({ RELAY_DESKS: `${DESK}, tenant-2/preprod` });
  const desks = async (): Promise<readonly (string | undefined)[]> =>
    Promise.all(
      arrivals.map(async ({ request }) => {
        const token = (request.headers.authorization ?? '').slice('Bearer '.length);
        const asked = { method: 'GET', path: '/v1/relay/session?a=1', body: new Uint8Array() };
        const seen = await verifyRequest(token, signing.publicKey, GATEWAY_AUDIENCE, asked, Date.now());
        return seen.ok ? seen.desk : undefined;
      }),
    );
  await expect.poll(async () => new Set(await desks())).toEqual(new Set([DESK, 'tenant-2/preprod']));
  const mine = arrivals[(await desks()).indexOf(DESK)]?.connector;
  if (mine === undefined) throw new Error('nobody dialled in for the desk');
  await greet(relay, mine);
  await openLive(mine, 'orders', 'orders');

  const body = JSON.stringify(LIMIT);
  const token = await sign('POST', CALL, body);
  const credential = await relay.credential();
  mine.send({ type: 'call', id: 7, path: CALL, token, credential, body });
  const reply = await mine.next('reply');
  expect(reply).toMatchObject({ id: 7, status: 200, outcome: 'answered' });
  const signed = { ...reply, body: bytes(reply.body) };
  expect(await verifyReply(reply.token, signing.publicKey, token, signed, Date.now())).toBe(true);
  const { order_id } = JSON.parse(reply.body) as { order_id: string };
  const [, update] = await mine.numbered('orders', 2);
  expect(update && orderIds(update)).toEqual([order_id]);

  // Replayed, and in the name of another desk than the socket's.
  mine.send({ type: 'call', id: 8, path: CALL, token, credential, body });
  expect(await mine.next('reply')).toMatchObject({ id: 8, status: 401, outcome: 'not-sent' });
  const other = await sign('POST', CALL, body, { desk: 'tenant-2/preprod' });
  mine.send({ type: 'call', id: 9, path: CALL, token: other, credential, body });
  expect(await mine.next('reply')).toMatchObject({ id: 9, status: 401, outcome: 'not-sent' });
  expect((await relay.exchange.state(ALPHA))['orders']).toHaveLength(1);

  const before = arrivals.length;
  await mine.cut();
  await expect.poll(() => arrivals.length).toBe(before + 1);
  const again = arrivals[before]?.connector;
  again?.send({ type: 'hello', session: 's1' });
  expect(await again?.next('hello')).toMatchObject({ epoch: relay.epoch });
});

test('its pings are answered by a runtime that lets the connector sleep; replaced, it stays away for long', async () => {
  const failures: number[] = [];
  const backoff = (count: number): number => {
    failures.push(count);
    return 10;
  };
  const { relay, arrivals } = await startDialling({}, { pingMs: 20, backoff });
  const connector = await first(arrivals);
  await greet(relay, connector);
  // Longer than it waits for a sign of life.
  await expect.poll(() => connector.pings).toBeGreaterThan(10);
  expect(arrivals).toHaveLength(1);
  failures.splice(0);
  connector.socket.close(sessionClose.replaced, 'a newer one');
  await expect.poll(() => arrivals.length).toBeGreaterThan(1);
  // More than the back-off has steps.
  expect(failures[0]).toBeGreaterThan(10);
});

test('a gateway that will not have it says so in the log, and it comes again', async () => {
  const refusals: unknown[] = [];
  const server = createServer((_request, response) => response.writeHead(501).end());
  const port = await listening(server);
  const log: Tuning['log'] = (_level, event, members) => {
    if (event === 'dial-in closed') refusals.push(members);
  };
  await startDialling({ RELAY_DIAL_URL: `ws://127.0.0.1:${port}/` }, { log });
  await expect.poll(() => refusals.length).toBeGreaterThan(1);
  expect(refusals[0]).toMatchObject({ desk: DESK, connected: false, status: 501 });
});

test('a relay that drains answers the call that its socket has brought, then closes it', async () => {
  const { relay, arrivals } = await startDialling();
  const connector = await first(arrivals);
  await greet(relay, connector);
  const path = CALL.replace('/rest', '');
  // Both are signed before: between the first one's arrival and its answer nothing else must take long.
  const slow = { method: 'POST', path, kind: 'delay', delay_ms: 1_000, after_processing: true };
  await relay.exchange.control('faults', slow);
  const body = JSON.stringify(LIMIT);
  const credential = await relay.credential();
  const frame = async (id: number) =>
    ({ type: 'call', id, path: CALL, token: await sign('POST', CALL, body), credential, body }) as const;
  const [one, two] = [await frame(1), await frame(2)];
  connector.send(one);
  // It has arrived; a call that the relay has not judged yet would be refused like the other one.
  const arrived = async (): Promise<unknown> =>
    (await relay.exchange.stats())['requests']['POST /api/v1beta1/insert_order'];
  await expect.poll(arrived).toBe(1);
  const drained = relay.drain();
  connector.send(two);
  expect(await connector.next('reply')).toMatchObject({ id: 2, status: 503, outcome: 'not-sent' });
  expect(await connector.next('reply')).toMatchObject({ id: 1, status: 200, outcome: 'answered' });
  expect(await connector.closed()).toBe(sessionClose.draining);
  await drained;
});

test('an answer that is too long for a frame is told as one that is not known, and the socket stays', async () => {
  const port = await listening(createServer((_request, response) => response.end('"'.repeat(3e6))));
  const { relay, arrivals } = await startDialling({ RELAY_REST_URL: `http://127.0.0.1:${port}` });
  const connector = await first(arrivals);
  await greet(relay, connector);
  const token = await sign('POST', CALL, '{}');
  connector.send({
    type: 'call',
    id: 1,
    path: CALL,
    token,
    credential: await relay.credential(),
    body: '{}',
  });
  const reply = await connector.next('reply');
  expect(reply).toMatchObject({ id: 1, status: 504, outcome: 'unknown' });
  const signed = { ...reply, body: bytes(reply.body) };
  expect(await verifyReply(reply.token, signing.publicKey, token, signed, Date.now())).toBe(true);
  connector.send({ type: 'ping', id: 5 });
  expect(await connector.next('pong')).toMatchObject({ id: 5 });
});
