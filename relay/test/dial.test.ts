import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { ALPHA, LIMIT } from '../../emulators/exchange/test/support.ts';
import { verifyReply } from '../../shared/relay/reply-token.ts';
import { GATEWAY_AUDIENCE, verifyRequest } from '../../shared/relay/request-token.ts';
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
} from './support.ts';

const CALL = '/rest/api/v1beta1/insert_order';

test('a relay that nobody can reach dials in, signed, again after a cut; streams and calls run over its socket', async () => {
  const arrivals: { readonly request: IncomingMessage; readonly connector: Connector }[] = [];
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 8e6, perMessageDeflate: false });
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (open) => {
      arrivals.push({ request, connector: new Connector(open) });
    });
  });
  await expect.poll(() => server.listening).toBe(true);
  const { port } = server.address() as AddressInfo;
  const relay = await startTestRelay({
    RELAY_DIAL_URL: `ws://127.0.0.1:${port}/v1/relay/session?a=1`,
    RELAY_DESKS: `${DESK}, tenant-2/preprod`,
  });
  try {
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
  } finally {
    await relay.close();
    await relay.exchange.close();
    server.closeAllConnections();
    server.close();
  }
});
