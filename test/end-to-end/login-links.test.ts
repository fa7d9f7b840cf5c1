import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOutbox, type Outbox } from '../../scripts/launch/outbox.ts';
import { moveClock, resetClock, startInstrumented } from '../support/instruments.ts';
import { openMarket } from '../support/markets.ts';
import { linkIn, mailedToken, mailsTo } from '../support/outbox.ts';
import type { OwnProgram } from '../support/program.ts';
import { operate } from '../support/tenants.ts';
import { ask, member, textOf, type Answer } from './support/ask.ts';
import {
  newPartner,
  openSession,
  PORTAL,
  sessionOf,
  USERS,
  type OwnUser,
  type Partner,
} from './support/partner.ts';
import { limitOrder } from './support/trader.ts';

let program: OwnProgram;
let outbox: Outbox;
let door: Server;
/** Connections that the mail server breaks off before the next mail gets through. */
let breaking = 0;
let condition: string;
beforeAll(async () => {
  outbox = await startOutbox(join(process.env['TMPDIR'] ?? '/tmp', `postern-test-outbox-${process.pid}`));
  const inside = Number(new URL(outbox.url).port);
  // In front of the mail server stands one that may greet and go.
  door = createServer((socket) => {
    socket.on('error', () => undefined);
    if (breaking > 0) {
      breaking -= 1;
      socket.end('220 going\r\n');
      return;
    }
    const onward = connect(inside, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const address = door.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  program = await startInstrumented({
    vars: { CLIENT_IP_HEADER: 'x-test-address', MAIL_URL: `smtp://127.0.0.1:${port}` },
  });
  ({ condition } = await openMarket(program.file));
});
afterAll(async () => {
  await program.stop();
  door.close();
  await outbox.close();
});

/** A file's bytes. What stands beside a database may go between the listing and the reading. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

const mails = (user: OwnUser): readonly string[] => mailsTo({ outbox: outbox.folder }, user.email);
const tokenOf = (user: OwnUser, count = 1): Promise<string> =>
  mailedToken({ outbox: outbox.folder }, user.email, count);

const askLink = (partner: Partner, user: OwnUser, redirect?: string): Promise<Answer> =>
  partner.call(
    'POST',
    `${USERS}/${user.id}/login-link`,
    redirect === undefined ? undefined : { redirect_url: redirect },
  );
async function link(partner: Partner, user: OwnUser): Promise<string> {
  const asked = await askLink(partner, user);
  expect([asked.status, asked.text]).toEqual([202, '{"status":"accepted"}']);
  return tokenOf(user, mails(user).length + 1);
}
const advance = (minutes: number): Promise<number> =>
  moveClock(program, { kind: 'advance', ms: minutes * 60_000 });

describe('a login link', () => {
  test('is used once, of two at once by one; to fetch its page uses nothing', async () => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    const token = await link(partner, user);
    const url = new URL(linkIn(mails(user)[0]));
    expect(`${url.origin}${url.pathname}${url.search}`).toBe(`${program.file.url}/v1/trader/login`);
    for (const method of ['GET', 'HEAD']) {
      const page = await fetch(url, { method });
      expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
      expect(await page.text()).not.toContain(token);
    }
    const both = await Promise.all([openSession(program.file, token), openSession(program.file, token)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401]);
    const again = await openSession(program.file, token);
    expect([again.status, again.code]).toEqual([401, 'INVALID_TOKEN']);
    for (const wrong of [`${token.slice(0, -1)}x`, token.replace('ptl_', 'pts_'), 'x'])
      expect((await openSession(program.file, wrong)).code).toBe('INVALID_TOKEN');
  });

  test('is good for fifteen minutes', async () => {
    const partner = await newPartner(program.file);
    const [soon, late] = [await partner.user(), await partner.user()];
    const tokens = [await link(partner, soon), await link(partner, late)];
    await advance(14);
    expect((await openSession(program.file, tokens[0] ?? '')).status).toBe(201);
    await advance(1.1);
    const expired = await openSession(program.file, tokens[1] ?? '');
    expect([expired.status, expired.code]).toEqual([401, 'TOKEN_EXPIRED']);
    await resetClock(program);
  });

  test('leads to the allow-list and nowhere else', async () => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    const origin = 'https://portal.example.com';
    for (const bad of [
      'https://portal.example.com.evil.example/app/',
      'https://evil.example/app/',
      'http://portal.example.com/app/',
      'https://portal.example.com:8443/app/',
      'https://portal.example.com@evil.example/app/',
      'https://user:pass@portal.example.com/app/',
      `${origin}/application`,
      `${origin}/app/../admin`,
      `${origin}/app/%2e%2e/admin`,
      `${origin}/app/%2F..%2fadmin`,
      `${origin}\\@evil.example/app/`,
      `${origin}/app/#x`,
      `${origin}/app/\nx`,
      '//evil.example/app/',
      'javascript:alert(1)//app/',
    ]) {
      const refused = await askLink(partner, user, bad);
      expect([refused.status, refused.code], bad).toEqual([400, 'REDIRECT_NOT_ALLOWED']);
      await advance(0.01);
    }
    expect(mails(user)).toEqual([]);
    expect((await askLink(partner, user, `${PORTAL}markets?lang=es`)).status).toBe(202);
    const opened = await openSession(program.file, await tokenOf(user));
    expect(member(opened, 'redirect_url')).toBe(`${PORTAL}markets?lang=es`);
    expect((await askLink(partner, user, PORTAL)).status).toBe(202);
    await operate(program.file, 'PATCH', `/tenants/${partner.tenant}/partner`, { redirects: [] });
    const late = await openSession(program.file, await tokenOf(user, 2));
    expect([late.status, member(late, 'redirect_url')]).toEqual([201, null]);
    await resetClock(program);
  });

  test('leads to no host that its request names, so that no key can have a token mailed to its own', async () => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    const headers = { host: 'evil.example', 'x-api-key': partner.keys[0] };
    const url = `${program.file.url}${USERS}/${user.id}/login-link`;
    const status = await new Promise((resolve, reject) => {
      const asked = request(url, { method: 'POST', headers }, (reply) => resolve(reply.resume().statusCode));
      asked.on('error', reject).end();
    });
    expect(status).toBe(503);
    await link(partner, user);
    expect(mails(user)).toHaveLength(1);
  });

  test('comes although the mail server breaks off, which holds nothing else up; each mail of it works once', async () => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    breaking = 1;
    expect((await askLink(partner, user)).status).toBe(202);
    await expect.poll(() => breaking).toBe(0);
    expect((await partner.call('GET', USERS)).status).toBe(200);
    expect((await openSession(program.file, await tokenOf(user))).status).toBe(201);
    expect(mails(user)).toHaveLength(1);
  });

  test('stands in no log and no file of ours, nor does the session', async () => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    const token = await link(partner, user);
    const opened = await openSession(program.file, token);
    const session = textOf(opened, 'session_token');
    await openSession(program.file, token);
    const secrets = [token, session].map((text) => text.split('_')[2] ?? '');
    const files = readdirSync(program.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => bytesOf(join(entry.parentPath, entry.name)));
    for (const secret of secrets) {
      expect(secret).toHaveLength(43);
      expect(files.filter((bytes) => bytes.includes(secret))).toHaveLength(0);
    }
  });
});

describe("a trader's session", () => {
  test('trades the one account that was chosen, of its own trader, and can do nothing else', async () => {
    const partner = await newPartner(program.file);
    const [user, other] = [await partner.user(), await partner.user()];
    const [first, second] = [await partner.account(user), await partner.account(user)];
    const foreign = await partner.account(other);
    const opened = await openSession(program.file, await link(partner, user));
    expect(opened.json).toMatchObject({ account_id: null, redirect_url: null });
    const shown = (answer: Answer): unknown => member(answer, 'accounts');
    expect(shown(opened)).toMatchObject([{ account_id: second }, { account_id: first }]);
    const trade = sessionOf(program.file, opened);
    const order = limitOrder(condition);
    expect((await trade('POST', '/v1/orders', order)).code).toBe('INSUFFICIENT_PERMISSION');
    const choose = (id: string): Promise<Answer> =>
      trade('POST', '/v1/trader/session/account', { account_id: id });
    expect((await choose(foreign)).code).toBe('NOT_FOUND');
    const chosen = await choose(second);
    expect(chosen.json).toMatchObject({ account_id: second });
    const wallet = Number(member(chosen, 'wallet_id'));
    const placed = await trade('POST', '/v1/orders', { ...order, wallet_id: wallet });
    expect(placed.status, placed.text).toBe(200);
    const held = async (id: string): Promise<unknown> =>
      member(await partner.call('GET', `/v1/partner/accounts/${id}`), 'balance');
    expect([await held(first), await held(second)]).toEqual(['10000.00', '10000.00']);
    const reserved = async (): Promise<unknown> =>
      member(await trade('GET', '/v1/account/balance'), 'reserved');
    expect(await reserved()).toBe('1.00');
    const elsewhere = await trade('POST', '/v1/orders', { ...order, wallet_id: wallet - 1 });
    expect(elsewhere.code).toBe('WALLET_NOT_FOUND');
    await choose(first);
    expect(await reserved()).toBe('0.00');
    for (const [method, path] of [
      ['GET', USERS],
      ['GET', '/v1/me'],
      ['GET', '/v1/keys'],
      ['POST', '/v1/keys'],
      ['POST', '/v1/account/reset-api-balance'],
      ['POST', '/v1/me/wallets'],
      ['POST', '/v1/keys/ws-token'],
    ] as const)
      expect((await trade(method, path)).code, path).toBe('INSUFFICIENT_PERMISSION');
    await partner.call('POST', `/v1/partner/accounts/${second}/close`);
    // A hundred are shown: whoever has closed that many still finds the ones to trade.
    const left = { account_id: first, status: 'active' };
    expect(shown(await trade('GET', '/v1/trader/session'))).toMatchObject([left, { account_id: second }]);
    expect((await trade('DELETE', '/v1/trader/session')).status).toBe(204);
    expect((await trade('GET', '/v1/account/balance')).code).toBe('INVALID_TOKEN');
  });

  test('ends after twelve hours, and at once when its partner is flagged or disabled', async () => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    await partner.account(user);
    const trade = sessionOf(program.file, await openSession(program.file, await link(partner, user)));
    const balance = async (): Promise<string | null> => (await trade('GET', '/v1/account/balance')).code;
    expect(await balance()).toBeNull();
    await operate(program.file, 'PATCH', `/tenants/${partner.tenant}`, { flagged: true });
    expect(await balance()).toBe('ACCESS_RESTRICTED');
    await operate(program.file, 'PATCH', `/tenants/${partner.tenant}`, { flagged: false });
    await operate(program.file, 'PATCH', `/tenants/${partner.tenant}/partner`, { enabled: false });
    expect(await balance()).toBe('INVALID_TOKEN');
    await operate(program.file, 'PATCH', `/tenants/${partner.tenant}/partner`, { enabled: true });
    expect(await balance()).toBeNull();
    await advance(12 * 60 + 1);
    expect(await balance()).toBe('TOKEN_EXPIRED');
    await resetClock(program);
  });
});

test('fifty requests a second pass for a partner with all its keys, and not one more', async () => {
  const partner = await newPartner(program.file, { keys: 2 });
  await moveClock(program, { kind: 'stand' });
  const answers: Answer[] = [];
  for (let sent = 0; sent < 51; sent += 1) {
    const headers = { 'x-api-key': partner.keys[sent % 2] ?? '' };
    answers.push(await ask(program.file.url, 'GET', USERS, { headers }));
  }
  const last = answers.pop();
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect([last?.status, last?.code, last?.headers.get('retry-after')]).toEqual([
    429,
    'RATE_LIMIT_EXCEEDED',
    '1',
  ]);
  await moveClock(program, { kind: 'advance', ms: 1_000 });
  expect((await partner.call('GET', USERS)).headers.get('x-ratelimit-remaining')).toBe('2949');
  await resetClock(program);
});

test('hourly points of equity are all reached, page by page, from the newest to the oldest', async () => {
  const partner = await newPartner(program.file);
  const account = `/v1/partner/accounts/${await partner.account(await partner.user())}`;
  for (let hour = 0; hour < 5; hour += 1) {
    expect((await partner.call('GET', account)).status).toBe(200);
    await advance(60);
  }
  type Page = { readonly points: readonly { readonly at: string }[]; readonly next_cursor: string | null };
  const pages: string[][] = [];
  let cursor: string | null = '';
  while (cursor !== null && pages.length < 5) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: Page = (await partner.call('GET', `${account}/equity?limit=2${query}`)).json as Page;
    pages.push(page.points.map(({ at }) => at));
    cursor = page.next_cursor;
  }
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  const seen = pages.toReversed().flat();
  expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a.localeCompare(b)));
  await resetClock(program);
});
