import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import { ask, eventually, textOf, type Answer } from '../end-to-end/support/ask.ts';
import { directLogin, exchangeOrder, newDesk, type DeskStage } from '../end-to-end/support/exchange-stage.ts';
import { stormLaunch } from '../chaos/exchange/program.ts';
import { runExchangeStorm } from '../chaos/exchange/run.ts';
import { SYMBOLS } from '../chaos/exchange/symbols.ts';
import { armFault, killAndWait, killAt, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';
import { TestSocket } from '../support/socket.ts';
import { PATIENCE_MS } from '../support/patience.ts';

let program: OwnProgram;
let desk: DeskStage;
beforeAll(async () => {
  program = await startInstrumented(stormLaunch);
  desk = await newDesk(program.file);
});
afterAll(() => program.stop());

/** The exchange itself, past the gateway. */
async function directly(rpc: string, body: unknown): Promise<Answer> {
  const authorization = `Bearer ${await directLogin(program.file, desk)}`;
  const { exchange = '' } = program.file.emulators;
  return ask(exchange, 'POST', `/api/v1beta1/${rpc}`, { headers: { authorization }, body });
}
const found = async (clord_id: string): Promise<number> => {
  const { json } = await directly('search_orders', { clord_id });
  return ((json as { readonly order?: readonly unknown[] }).order ?? []).length;
};

describe('a command whose process dies is done once, whatever the line', () => {
  test.each<[FaultPoint, number]>([
    ['account/exchange/admitted', 0],
    ['account/exchange/answered', 1],
    ['account/exchange/outcome-written', 1],
  ])('%s', async (point, sent) => {
    const clord_id = randomUUID();
    const place = (): Promise<Answer> => desk.post('insert_order', exchangeOrder({ clord_id }));
    await killAt(program, point, place);
    expect(await found(clord_id)).toBe(sent);
    const again = await eventually(place, ({ status }) => status === 200);
    expect(textOf(again, 'clord_id')).toBe(clord_id);
    expect(await found(clord_id)).toBe(1);
  });

  test('account/exchange/sent-durable: nothing left, and it is not sent again before that is certain', async () => {
    const clord_id = randomUUID();
    const place = (): Promise<Answer> => desk.post('insert_order', exchangeOrder({ clord_id }));
    await killAt(program, 'account/exchange/sent-durable', place);
    const again = await eventually(place, ({ status }) => status !== 503);
    expect([again.status, again.code]).toEqual([409, 'IDEMPOTENCY_CONFLICT_PENDING']);
    expect(await found(clord_id)).toBe(0);
  });
});

describe('an item whose process dies is told once to whoever resumes', () => {
  test.each<[FaultPoint]>([['connector/item/applied'], ['connector/item/committed']])('%s', async (point) => {
    const first = await follow();
    const { seq: after } = await first.frame(({ type }) => type === 'snapshot');
    const fault = await armFault(program, point, 'hang');
    const clord_id = randomUUID();
    await directly('insert_order', exchangeOrder({ clord_id }));
    await fault.reached();
    await killAndWait(program);
    const resumed = await follow(Number(after));
    await resumed.text((text) => text.includes(clord_id));
    const times = resumed.frames().filter((frame) => JSON.stringify(frame).includes(clord_id)).length;
    expect(times).toBe(1);
    await resumed.close();
  });

  test('connector/orders/recovered: the snapshot is asked for again', async () => {
    const fault = await armFault(program, 'connector/orders/recovered', 'hang');
    const fresh = await newDesk(program.file);
    await fault.reached();
    await killAndWait(program);
    const lookUp = (): Promise<Answer> => fresh.post('get_open_orders');
    const told = await eventually(lookUp, ({ headers }) => headers.get('x-postern-source') === 'stream');
    expect(told.json).toEqual({ orders: [] });
  });
});

/** Printed by vitest where something does not hold: `npm run chaos -- exchange <seed>` begins with the same numbers. */
const SEED = 20_261_121;
const KILLS = 2;

// Last, because it moves the gateway's clock and shortens the tokens' lives.
test('a small storm: every execution once in order, copies the same, no command failed, no token in a log', async () => {
  const report = await runExchangeStorm(program, {
    seed: SEED,
    dialect: 'v1beta1',
    clients: ['socket', 'socket', 'socket', 'orders', 'positions', 'market_data'],
    symbols: SYMBOLS.slice(0, 4),
    books: 600,
    executions: 200,
    perSecond: 500,
    kills: KILLS,
    lanes: 3,
    tokenMs: 2_500,
    calmMs: 2_600,
    stormMs: PATIENCE_MS,
    wholeMs: 2 * PATIENCE_MS,
    tell: () => undefined,
  });
  expect(report.violations).toEqual([]);
  expect(report.kills).toEqual({ relay: KILLS, connection: KILLS, connector: KILLS, gateway: KILLS });
  expect(report.executions).toBeGreaterThanOrEqual(200);
  expect(report.gaps).toBeGreaterThan(0);
  expect(report.said).toBeGreaterThan(10);
});

async function follow(after?: number): Promise<TestSocket> {
  const socket = new TestSocket(`${program.file.url}/v1/ws/exchange`, { 'x-api-key': desk.key });
  await socket.opened;
  socket.send({ op: 'subscribe', stream: 'orders', ...(after !== undefined && { after }) });
  return socket;
}
