import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { moveClock, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';
import { member, type Answer } from './support/ask.ts';
import { BALANCE, expectRouterRefusal, newBuilder, USERS, withKey, type Builder } from './support/builder.ts';
import { numberIn, obey } from './support/limits.ts';

let program: OwnProgram;
let builder: Builder;
beforeAll(async () => {
  program = await startInstrumented();
});
afterAll(() => program.stop());
beforeEach(async () => {
  // The clock stands: what passes in one second does not depend on how long the requests take.
  await moveClock(program, { kind: 'stand' });
  builder = await newBuilder(program.file);
});

describe("a customer's qps_limit", () => {
  test("its own key and its builder's requests count together, and nobody else's do", async () => {
    const [customer, neighbour] = [await builder.create({ qps_limit: 2 }), await builder.create()];
    const ways: readonly (() => Promise<Answer>)[] = [
      () => withKey(program.file, customer.key, 'GET', BALANCE),
      () => builder.as(customer.id, 'GET', BALANCE),
      // Also where another surface is asked.
      () => withKey(program.file, customer.key, 'GET', '/v1/account/balance'),
    ];
    const sent = await Promise.all(
      Array.from({ length: 7 }, () => ways)
        .flat()
        .map((way) => way()),
    );
    const passed = sent.filter(({ status }) => status === 200);
    expect(passed).toHaveLength(2);
    expect((await builder.as(neighbour.id, 'GET', BALANCE)).status).toBe(200);

    const refused = sent.filter(({ status }) => status === 429);
    expect(refused.length + passed.length).toBe(sent.length);
    const router = refused.find((answer) => member(answer, 'code') !== undefined);
    if (!router) throw new Error('21 requests at once, and none was refused');
    expectRouterRefusal(router, 429, 'rate_limit_exceeded', 'RATE_LIMIT_EXCEEDED');
    expect(router.json).toMatchObject({ tier: 'enterprise', limit_qps: 2 });
    expect(router.headers.get('x-ratelimit-user-limit')).toBe('2');
    expect(router.headers.get('x-ratelimit-user-remaining')).toBe('0');
    expect(router.headers.get('retry-after')).toBe('1');
    await obey(program, router);
    expect((await builder.as(customer.id, 'GET', BALANCE)).status).toBe(200);
  });

  test('a change holds from the next request on', async () => {
    const customer = await builder.create({ qps_limit: 50 });
    expect(numberIn(await builder.as(customer.id, 'GET', BALANCE), 'x-ratelimit-user-limit')).toBe(50);
    await builder.call('PATCH', `${USERS}/${customer.id}`, { qps_limit: 51 });
    expect(numberIn(await builder.as(customer.id, 'GET', BALANCE), 'x-ratelimit-user-limit')).toBe(51);
  });
});

describe("the builder's pool", () => {
  test("stands in for the key's own window: more pass for customers than the tier lets the key ask", async () => {
    // Ten a second for the key; one after another, because the tier also has few in flight.
    const pro = await newBuilder(program.file, { tier: 'pro' });
    const customer = await pro.create();
    for (let sent = 0; sent < 25; sent += 1) {
      const answer = await pro.as(customer.id, 'GET', BALANCE);
      expect(answer.status, answer.text).toBe(200);
      expect(numberIn(answer, 'x-ratelimit-pool-remaining')).toBeLessThan(500);
    }
  });

  test("a request for nobody but the caller is limited by the key's tier, and says so", async () => {
    const free = await newBuilder(program.file, { tier: 'free' });
    const sent = await Promise.all(Array.from({ length: 20 }, () => free.call('GET', BALANCE)));
    // Some may be refused for being too many at once, which has no rate to tell.
    const limited = sent.find((answer) => member(answer, 'limit_qps') !== undefined);
    if (!limited) throw new Error('20 requests at once, and none above 2 a second was refused');
    expectRouterRefusal(limited, 429, 'rate_limit_exceeded', 'RATE_LIMIT_EXCEEDED');
    expect(limited.json).toMatchObject({ tier: 'free', limit_qps: 2 });
    expect(limited.headers.get('x-ratelimit-pool-limit')).toBeNull();
  });
});
