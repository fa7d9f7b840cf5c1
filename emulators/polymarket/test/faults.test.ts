import type { ApiKeyCreds } from '@polymarket/clob-client-v2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { credentialsFor, post } from './signed-requests.ts';
import { ALICE, marketOf, startForTest, type TestEmulator, type TestMarket } from './support.ts';

let emulator: TestEmulator;
let creds: ApiKeyCreds;
let market: TestMarket;

beforeEach(async () => {
  emulator = await startForTest();
  creds = await credentialsFor(emulator, ALICE);
  market = await marketOf(emulator, 'plain');
});

afterEach(() => emulator.close());

const place = (): ReturnType<typeof post> =>
  post(emulator, ALICE, creds, { token: market.yes, price: 0.4, size: 10, side: 'BUY' });

async function accepted(): Promise<number> {
  const { body } = await emulator.get('/__control/orders');
  return Array.isArray(body) ? body.length : -1;
}

describe('each kind of fault', () => {
  test('status: answers it, once, and nothing takes effect', async () => {
    await emulator.control('faults', { method: 'POST', path: '/order', kind: 'status', status: 425 });
    expect((await place()).status).toBe(425);
    expect(await accepted()).toBe(0);
    expect((await place()).status).toBe(200);
  });

  test('status after processing: the order is there although the answer says otherwise', async () => {
    const body = { error: 'service restarting' };
    await emulator.control('faults', {
      path: '/order',
      kind: 'status',
      status: 503,
      body,
      after_processing: true,
    });
    expect(await place()).toEqual({ status: 503, body });
    expect(await accepted()).toBe(1);
  });

  test('drop_before: the connection dies and nothing took effect', async () => {
    await emulator.control('faults', { path: '/order', kind: 'drop_before' });
    await expect(place()).rejects.toThrow('fetch failed');
    expect(await accepted()).toBe(0);
  });

  test('drop_after: the connection dies and the order is there', async () => {
    await emulator.control('faults', { path: '/order', kind: 'drop_after' });
    await expect(place()).rejects.toThrow('fetch failed');
    expect(await accepted()).toBe(1);
  });

  test('malformed: an answer that is no JSON', async () => {
    await emulator.control('faults', { path: '/order', kind: 'malformed', after_processing: true });
    await expect(place()).rejects.toThrow(SyntaxError);
    expect(await accepted()).toBe(1);
  });

  test('delay: the answer comes, later', async () => {
    await emulator.control('faults', { path: '/ti*', kind: 'delay', delay_ms: 40, times: 2 });
    const started = performance.now();
    expect((await emulator.get('/time')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(35);
  });

  test('a delay in progress does not keep the emulator from closing', async () => {
    await emulator.control('faults', { path: '/time', kind: 'delay', delay_ms: 60_000 });
    const pending = emulator.get('/time');
    const outcome = pending.then(
      () => 'answered',
      () => 'cut',
    );
    // The request has arrived once the fault has been taken.
    for (let armed = 1; armed > 0;) {
      const { body } = await emulator.get('/__control/stats');
      armed = JSON.stringify(body).includes('"faults_armed":0') ? 0 : 1;
    }
    await emulator.close();
    expect(await outcome).toBe('cut');
    emulator = await startForTest();
  });

  test('deleting faults disarms them; statistics count what was asked', async () => {
    await emulator.control('faults', { path: '/time', kind: 'status', status: 500, times: 5 });
    await fetch(`${emulator.url}/__control/faults`, { method: 'DELETE' });
    expect((await emulator.get('/time')).status).toBe(200);
    const stats = await emulator.get('/__control/stats');
    expect(stats.body).toMatchObject({ requests: { 'GET /time': 1 }, counts: { faults_armed: 0 } });
  });
});

test('a body over one megabyte is refused', async () => {
  const response = await fetch(`${emulator.url}/books`, { method: 'POST', body: 'x'.repeat(1_100_000) });
  expect(response.status).toBe(413);
});
