import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import { isWellFormedKey } from '../../shared/keys/key-format.ts';
import { operate } from '../support/tenants.ts';
import { member, textOf, type Answer } from './support/ask.ts';
import { BALANCE, expectRouterRefusal, newBuilder, USERS, withKey, type Builder } from './support/builder.ts';

const file = inject('postern');

let builder: Builder;
beforeEach(async () => {
  builder = await newBuilder(file);
});

const rows = (answer: Answer): readonly Readonly<Record<string, unknown>>[] =>
  member(answer, 'users') as readonly Readonly<Record<string, unknown>>[];

describe('creating a customer', () => {
  test('201 with the members of the contract and the raw key; 200 with its prefix ever after', async () => {
    const body = { external_id: 'user_001', email: 'alice@example.com', qps_limit: 7 };
    const first = await builder.call('POST', USERS, body);
    expect(first.status, first.text).toBe(201);
    expect(first.json).toMatchObject({
      external_id: 'user_001',
      email: 'alice@example.com',
      qps_limit: 7,
      status: 'complete',
      linked_exchanges: [],
      wallet: null,
      fee_escrow_enabled: false,
      fee_bps: null,
      affiliate_address: null,
    });
    const raw = textOf(first, 'api_key');
    expect(isWellFormedKey(raw)).toBe(true);
    const id = textOf(first, 'customer_id');
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

    // An existing customer is not changed: other members are not taken over.
    const again = await builder.call('POST', USERS, { external_id: 'user_001', qps_limit: 9 });
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({ customer_id: id, qps_limit: 7, api_key: raw.slice(0, 16) });
    for (const path of [USERS, `${USERS}/${id}`]) {
      const { text } = await builder.call('GET', path);
      expect(text).toContain(raw.slice(0, 16));
      expect(text).not.toContain(raw.slice(16));
    }
  });

  test('20 at once of one external_id make one customer, one 201 and one working key', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => builder.call('POST', USERS, { external_id: 'racer' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(new Set(answers.map((answer) => textOf(answer, 'customer_id'))).size).toBe(1);
    const keys = answers.map((answer) => textOf(answer, 'api_key')).filter(isWellFormedKey);
    expect(keys).toHaveLength(1);
    expect((await withKey(file, keys[0] ?? '', 'GET', BALANCE)).status).toBe(200);
    expect((await builder.call('GET', '/api/v1/builder/pool')).json).toMatchObject({ end_user_count: 1 });
  });

  test('two builders may use one external_id for two customers', async () => {
    const other = await newBuilder(file);
    const [mine, theirs] = [
      await builder.create({ external_id: 'x' }),
      await other.create({ external_id: 'x' }),
    ];
    expect(mine.id).not.toBe(theirs.id);
  });

  test.each([
    [{}, 'external_id'],
    [{ external_id: '' }, 'external_id'],
    [{ external_id: 'x'.repeat(256) }, 'external_id'],
    [{ external_id: 'line\nbreak' }, 'external_id'],
    [{ external_id: 7 }, 'external_id'],
    [{ external_id: 'a', email: 'nobody' }, 'email'],
    [{ external_id: 'a', qps_limit: 0 }, 'qps_limit'],
    [{ external_id: 'a', qps_limit: 1.5 }, 'qps_limit'],
    [{ external_id: 'a', qps_limit: 10_001 }, 'qps_limit'],
    [{ external_id: 'a', vip: true }, 'vip'],
  ])('%j is refused and names %s', async (body, named) => {
    const answer = await builder.call('POST', USERS, body);
    expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
    expect(String(member(answer, 'validation_errors'))).toContain(named);
  });

  test('ids come back as they went in, whatever their script', async () => {
    const id = ' Ünïcode · 用户 🂡 ';
    expect((await builder.create({ external_id: id })).externalId).toBe(id);
  });
});

describe('listing', () => {
  test('pages of any size show every customer once, in order, and newcomers after them', async () => {
    const before: string[] = [];
    for (let made = 0; made < 7; made += 1) before.push((await builder.create()).id);
    for (const limit of [1, 2, 3, 7, 100]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = await builder.call('GET', `${USERS}?limit=${limit}${query}`);
        expect(page.status, page.text).toBe(200);
        expect(member(page, 'count')).toBe(rows(page).length);
        expect(rows(page).length).toBeLessThanOrEqual(limit);
        seen.push(...rows(page).map((row) => String(row['customer_id'])));
        const next = member(page, 'next_cursor');
        cursor = typeof next === 'string' ? next : undefined;
        // While a caller pages, others come and go.
        if (cursor !== undefined && seen.length < 4) {
          const late = await builder.create();
          if (seen.length === 2) await builder.call('DELETE', `${USERS}/${late.id}`);
        }
      } while (cursor !== undefined);
      expect(seen.slice(0, before.length)).toEqual(before);
      expect(new Set(seen).size).toBe(seen.length);
      before.splice(0, before.length, ...seen);
    }
  });

  test('a cursor that is none, and a limit out of range, are refused', async () => {
    for (const cursor of ['!', 'MA==', btoa('after:-1'), btoa('after:1 OR 1=1')]) {
      const answer = await builder.call('GET', `${USERS}?cursor=${encodeURIComponent(cursor)}`);
      expectRouterRefusal(answer, 400, 'bad_request', 'INVALID_CURSOR');
    }
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'page=2']) {
      const answer = await builder.call('GET', `${USERS}?${query}`);
      expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
    }
  });
});

describe('changing and deleting', () => {
  test('PATCH changes qps_limit and refuses every other member', async () => {
    const { id } = await builder.create();
    const changed = await builder.call('PATCH', `${USERS}/${id}`, { qps_limit: 3 });
    expect(changed.json).toMatchObject({ customer_id: id, qps_limit: 3 });
    expect((await builder.call('GET', `${USERS}/${id}`)).json).toMatchObject({ qps_limit: 3 });
    const others = [{ external_id: 'b' }, { email: 'b@example.com' }, { status: 'complete' }, {}];
    for (const body of [...others, { qps_limit: 5, wallet: null }]) {
      const refused = await builder.call('PATCH', `${USERS}/${id}`, body);
      expectRouterRefusal(refused, 400, 'validation_error', 'VALIDATION_FAILED');
    }
    expect((await builder.call('GET', `${USERS}/${id}`)).json).toMatchObject({ qps_limit: 3 });
  });

  test('after DELETE no key of the customer works, nor does acting as it, from the next request on', async () => {
    const customer = await builder.create();
    const more = await builder.call('POST', `${USERS}/${customer.id}/keys`);
    const keys = [customer.key, textOf(more, 'api_key')];
    for (const key of keys) expect((await withKey(file, key, 'GET', BALANCE)).status).toBe(200);
    expect((await builder.as(customer.id, 'GET', BALANCE)).status).toBe(200);

    const deleted = await builder.call('DELETE', `${USERS}/${customer.id}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    for (const key of keys) {
      const refused = await withKey(file, key, 'GET', BALANCE);
      expectRouterRefusal(refused, 401, 'unauthorized', 'INVALID_KEY');
    }
    const acting = await builder.as(customer.id, 'GET', BALANCE);
    expectRouterRefusal(acting, 403, 'forbidden', 'CUSTOMER_FORBIDDEN');
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/keys'],
    ] as const) {
      const gone = await builder.call(method, `${USERS}/${customer.id}${path}`);
      expectRouterRefusal(gone, 404, 'not_found', 'CUSTOMER_NOT_FOUND');
    }
    expect(rows(await builder.call('GET', USERS))).toEqual([]);
  });

  test('its external_id makes a new customer with nothing of the old', async () => {
    const old = await builder.create({ external_id: 'phoenix', qps_limit: 3 });
    await builder.call('DELETE', `${USERS}/${old.id}`);
    const fresh = await builder.call('POST', USERS, { external_id: 'phoenix' });
    expect(fresh.status).toBe(201);
    expect(textOf(fresh, 'customer_id')).not.toBe(old.id);
    // Its limit is the default, not the old one's.
    expect(fresh.json).toMatchObject({ qps_limit: 10 });
    expect((await withKey(file, old.key, 'GET', BALANCE)).code).toBe('INVALID_KEY');
  });

  test('20 deletions at once: the first ends it, nobody sees more than 204 and 404', async () => {
    const { id } = await builder.create();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => builder.call('DELETE', `${USERS}/${id}`)),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
  });
});

describe("a customer's keys", () => {
  test('a new key works beside the earlier one; revoke_previous ends the others at once', async () => {
    const customer = await builder.create();
    const second = await builder.call('POST', `${USERS}/${customer.id}/keys`, { name: 'phone' });
    expect(second.status, second.text).toBe(201);
    expect(second.json).toMatchObject({ customer_id: customer.id, name: 'phone' });
    const key = textOf(second, 'api_key');
    expect(textOf(second, 'key_prefix')).toBe(key.slice(0, 16));
    expect((await withKey(file, customer.key, 'GET', BALANCE)).status).toBe(200);
    const third = await builder.call('POST', `${USERS}/${customer.id}/keys`, { revoke_previous: true });
    for (const old of [customer.key, key]) {
      expect((await withKey(file, old, 'GET', BALANCE)).code).toBe('INVALID_KEY');
    }
    expect((await withKey(file, textOf(third, 'api_key'), 'GET', BALANCE)).status).toBe(200);
  });

  test('at most five work: a sixth ends the oldest, and a retry takes none away that is in use', async () => {
    const { id, key } = await builder.create();
    const keys = [key];
    const next = async (): Promise<void> => {
      keys.push(textOf(await builder.call('POST', `${USERS}/${id}/keys`), 'api_key'));
    };
    const working = async (): Promise<readonly boolean[]> =>
      Promise.all(keys.map(async (one) => (await withKey(file, one, 'GET', BALANCE)).status === 200));
    for (let issued = 1; issued < 5; issued += 1) await next();
    expect(await working()).toEqual([true, true, true, true, true]);
    await next();
    expect(await working()).toEqual([false, true, true, true, true, true]);
  });

  test("none of them counts as the tenant's, is listed there or can be changed there", async () => {
    const customer = await builder.create();
    const issued = await builder.call('POST', `${USERS}/${customer.id}/keys`);
    const list = await builder.call('GET', '/v1/keys');
    expect((list.json as readonly unknown[]).length).toBe(1);
    for (const [method, path] of [
      ['DELETE', ''],
      ['PATCH', ''],
      ['POST', '/rotate'],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'mine' } : undefined;
      const answer = await builder.call(method, `/v1/keys/${textOf(issued, 'id')}${path}`, body);
      expect(answer.code).toBe('NOT_FOUND');
    }
  });

  test('the operator can disable one, and a change of the tenant reaches them', async () => {
    const customer = await builder.create();
    const issued = await builder.call('POST', `${USERS}/${customer.id}/keys`);
    const key = textOf(issued, 'api_key');
    const path = `/tenants/${builder.tenant}`;
    await operate(file, 'PATCH', `${path}/keys/${textOf(issued, 'id')}`, { is_active: false });
    expect((await withKey(file, key, 'GET', BALANCE)).code).toBe('KEY_DEACTIVATED');
    await operate(file, 'PATCH', path, { flagged: true });
    expect((await withKey(file, customer.key, 'GET', BALANCE)).code).toBe('ACCESS_RESTRICTED');
  });
});

describe('pool and escrow', () => {
  test('the pool reports what was promised, beyond its own size if need be', async () => {
    await builder.create({ qps_limit: 400 });
    const second = await builder.create({ qps_limit: 400 });
    const pool = async (): Promise<unknown> => (await builder.call('GET', '/api/v1/builder/pool')).json;
    expect(await pool()).toEqual({ qps_pool: 500, end_user_count: 2, total_allocated_qps: 800 });
    await builder.call('DELETE', `${USERS}/${second.id}`);
    expect(await pool()).toEqual({ qps_pool: 500, end_user_count: 1, total_allocated_qps: 400 });
  });

  test('no fee escrow is set up, and it says so', async () => {
    const answer = await builder.call('GET', '/api/v1/builder/escrow/config');
    expect(answer.json).toMatchObject({ fee_escrow_enabled: false, escrow_contract_address: null });
    // The contract's eight, and ours: max_fee_usdc.
    expect(Object.keys(answer.json ?? {})).toHaveLength(9);
  });
});

describe('who may', () => {
  const routes = [
    ['POST', USERS, { external_id: 'a' }],
    ['GET', USERS, undefined],
    ['GET', `${USERS}/${randomUUID()}`, undefined],
    ['PATCH', `${USERS}/${randomUUID()}`, { qps_limit: 1 }],
    ['DELETE', `${USERS}/${randomUUID()}`, undefined],
    ['POST', `${USERS}/${randomUUID()}/keys`, {}],
    ['GET', '/api/v1/builder/pool', undefined],
    ['GET', '/api/v1/builder/escrow/config', undefined],
  ] as const;

  test.each(routes)('%s %s is for builders only', async (method, path, body) => {
    const trader = await newBuilder(file, { roles: ['trader'] });
    const refused = await trader.call(method, path, body);
    expectRouterRefusal(refused, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
    const { key } = await builder.create();
    const customer = await withKey(file, key, method, path, { body });
    expectRouterRefusal(customer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
  });

  test('a tenant that is a builder no more has no customers, whatever its key says', async () => {
    const { id } = await builder.create();
    await operate(file, 'PATCH', `/tenants/${builder.tenant}`, { roles: ['trader'] });
    for (const [method, path, body] of routes.slice(0, 7)) {
      const refused = await builder.call(method, path, body);
      expectRouterRefusal(refused, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
    }
    const acting = await builder.as(id, 'GET', BALANCE);
    expectRouterRefusal(acting, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
  });

  test('the local deployment has a builder to begin with', async () => {
    const answer = await withKey(file, file.keys.builder, 'GET', '/api/v1/builder/pool');
    expect(answer.status, answer.text).toBe(200);
  });

  test('a free builder is read-only like every free key', async () => {
    const free = await newBuilder(file, { tier: 'free' });
    const refused = await free.call('POST', USERS, { external_id: 'a' });
    expectRouterRefusal(refused, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
  });
});
