import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, place, startForTest, type TestEmulator } from './support.ts';

/** Faults name paths below the base path. */
const CREATE = '/portfolio/events/orders';

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await startForTest();
});

afterEach(() => emulator.close());

async function accepted(): Promise<number> {
  const { body } = await emulator.get('/__control/orders');
  return Array.isArray(body) ? body.length : -1;
}

async function untilFired(): Promise<void> {
  for (let fired = false; !fired;) {
    const { body } = await emulator.get('/__control/stats');
    fired = JSON.stringify(body).includes('"faults_fired":1');
  }
}

describe('each kind of fault', () => {
  test('status: answers it in the shape of the venue, once, and nothing takes effect', async () => {
    await emulator.control('faults', { method: 'POST', path: CREATE, kind: 'status', status: 503 });
    expect(await place(emulator, ALICE)).toMatchObject({
      status: 503,
      body: { error: { code: 'emulated_503' } },
    });
    expect(await accepted()).toBe(0);
    expect((await place(emulator, ALICE)).status).toBe(201);
  });

  test('status after processing: the order is there although the answer says otherwise', async () => {
    const body = { error: { code: 'timeout', message: 'timeout' } };
    const fault = { path: CREATE, kind: 'status', status: 504, body, after_processing: true };
    await emulator.control('faults', fault);
    expect(await place(emulator, ALICE)).toEqual({ status: 504, body });
    expect(await accepted()).toBe(1);
  });

  test.each([
    ['drop_before', 0],
    ['drop_after', 1],
  ])('%s: the connection dies, orders afterwards: %i', async (kind, count) => {
    await emulator.control('faults', { path: '/portfolio/*', kind });
    await expect(place(emulator, ALICE)).rejects.toThrow('fetch failed');
    expect(await accepted()).toBe(count);
  });

  test('malformed: an answer that is no JSON', async () => {
    await emulator.control('faults', { path: CREATE, kind: 'malformed', after_processing: true });
    await expect(place(emulator, ALICE)).rejects.toThrow(SyntaxError);
    expect(await accepted()).toBe(1);
  });

  test('delay: the answer comes, later', async () => {
    await emulator.control('faults', { path: '/exchange/status', kind: 'delay', delay_ms: 40 });
    const started = performance.now();
    expect((await emulator.get('/exchange/status')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(35);
  });

  test('hang: no answer until the client gives up, with or without effect', async () => {
    await emulator.control('faults', { path: CREATE, kind: 'hang', after_processing: true });
    let settled = false;
    const outcome = place(emulator, ALICE).then(
      () => 'answered',
      () => 'cut',
    );
    void outcome.finally(() => (settled = true));
    await untilFired();
    for (let orders = 0; orders === 0;) orders = await accepted();
    expect(settled).toBe(false);
    await emulator.close();
    expect(await outcome).toBe('cut');
    emulator = await startForTest();
  });
});

test('deleting faults disarms them; statistics count by route', async () => {
  await emulator.control('faults', { path: '/exchange/status', kind: 'status', times: 5 });
  await fetch(`${emulator.url}/__control/faults`, { method: 'DELETE' });
  expect((await emulator.get('/exchange/status')).status).toBe(200);
  const { body } = await emulator.get('/__control/stats');
  expect(body).toMatchObject({ requests: { 'GET /exchange/status': 1 }, counts: { faults_armed: 0 } });
});

test('a body over one megabyte is refused', async () => {
  const response = await fetch(`${emulator.url}${CREATE}`, { method: 'POST', body: 'x'.repeat(1_100_000) });
  expect(response.status).toBe(413);
});
