import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { ask, member } from './support/ask.ts';
import { orderBody } from './support/order-body.ts';
import { newTrader, type Trader } from './support/trader.ts';

let program: OwnProgram;
let trader: Trader;
let yes: string;
beforeAll(async () => {
  program = await startProgram();
  [trader, { yes }] = await Promise.all([newTrader(program.file), openMarket(program.file)]);
});
afterAll(() => program.stop());

type Line = Readonly<Record<string, unknown>>;

/** Lines of the log that a request left, by its id. */
const linesOf = (id: string): readonly Line[] =>
  readFileSync(join(program.home, 'logs/gateway.log'), 'utf8')
    .split('\n')
    .filter((text) => text.includes(id))
    .map((text) => JSON.parse(text.slice(text.indexOf('{'))) as Line);

/** The one line of a request; the log may reach the disk a moment after the reply. */
async function lineOf(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Line> {
  const id = randomUUID();
  await trader.call(method, path, body, { 'x-request-id': id, ...headers });
  await expect.poll(() => linesOf(id)).toHaveLength(1);
  return linesOf(id)[0] ?? {};
}

describe('each request leaves one line', () => {
  test('that says what was asked, by whom, and how it ended', async () => {
    const line = await lineOf('POST', '/v1/order?note=private', orderBody('1'));
    expect(line).toMatchObject({
      level: 'info',
      surface: 'clob',
      route: 'POST /v1/order',
      tenant: trader.tenant,
      status: 404,
      code: 'MARKET_NOT_FOUND',
    });
    expect(Object.keys(line).toSorted()).toEqual(
      ['code', 'hops', 'key', 'level', 'ms', 'request_id', 'route', 'status', 'surface', 'tenant'].toSorted(),
    );
  });

  test('with the hops that the gateway made: two for an order, three for a wallet of it', async () => {
    expect(await lineOf('POST', '/v1/order', orderBody(yes))).toMatchObject({ status: 200, hops: 2 });
    // Again by the same name: replayed by the account itself.
    expect(await lineOf('POST', '/v1/order', orderBody(yes))).toMatchObject({ status: 200, hops: 2 });
    const wallet = String(member(await trader.call('POST', '/v1/me/wallets', {}), 'id'));
    const named = { 'x-postern-wallet': wallet };
    expect(await lineOf('GET', '/v1/account/balance', undefined, named)).toMatchObject({ hops: 3 });
    expect(await lineOf('GET', '/v1/time')).toMatchObject({ hops: 0 });
    // The key's object, then the venue.
    expect(await lineOf('GET', `/v1/book?token_id=${yes}`)).toMatchObject({ hops: 2 });
    expect(await lineOf('GET', '/v1/health/ready')).toMatchObject({ hops: 3 });
    expect(await lineOf('GET', '/v1/keys', undefined, { 'x-api-key': 'pst_' })).toMatchObject({
      code: 'INVALID_KEY',
    });
  });

  test('also where there is no route, without the path that was sent', async () => {
    const path = `/v1/${randomUUID()}`;
    const line = await lineOf('GET', path);
    expect(line).toMatchObject({ surface: 'none', route: 'GET -', status: 404, code: 'NOT_FOUND', hops: 0 });
    expect(JSON.stringify(line)).not.toContain(path);
    expect(await lineOf('PUT', '/v1/order')).toMatchObject({ route: 'PUT -', code: 'METHOD_NOT_ALLOWED' });
  });

  test('in which a key that was sent as the request id is not kept', async () => {
    const id = `${trader.keys[0]}.1`;
    const answer = await ask(program.file.url, 'GET', '/v1/time', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toBe(id);
    await expect.poll(() => linesOf('[redacted]').length).toBe(1);
    expect(linesOf(id)).toEqual([]);
  });
});
