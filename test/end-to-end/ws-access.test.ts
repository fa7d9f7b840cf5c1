import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, expectRefusal, textOf } from './support/ask.ts';
import { secretOf } from './support/local-token.ts';
import { SocketStage } from './support/socket-stage.ts';

let stage: SocketStage;
beforeAll(async () => {
  stage = await SocketStage.start();
});
afterAll(() => stage.stop());
afterEach(() => stage.closeAll());

describe('tokens and caps', () => {
  test('a plain GET gets 426 with a hint', async () => {
    for (const channel of ['market', 'prices', 'executions', 'user']) {
      const answer = await ask(stage.file.url, 'GET', `/v1/ws/${channel}`);
      expectRefusal(answer, 426, 'METHOD_NOT_ALLOWED');
      expect(textOf(answer, 'error')).toContain('websocket');
    }
  });

  test.each(['prices', 'executions'])(
    '%s: no token, a wrong one, an expired one, one for another use: 4001',
    async (channel) => {
      const key = new TextEncoder().encode(`ws ${secretOf(stage.program.home, 'l2RootSecret')}`);
      const signed = (audience: string, expiresAt: number): Promise<string> =>
        new SignJWT({ gate: 'x', sub: 'x' })
          .setProtectedHeader({ alg: 'HS256' })
          .setAudience(audience)
          .setExpirationTime(expiresAt)
          .sign(key);
      const now = Math.floor(Date.now() / 1000);
      const tokens = [
        'nonsense',
        await signed('postern-ws', now - 1),
        await signed('postern', now + 60),
        // Well signed, but for a key that does not exist.
        await signed('postern-ws', now + 60),
      ];
      const paths = [channel, ...tokens.map((token) => `${channel}?token=${token}`)];
      const codes = await Promise.all(paths.map(async (path) => (await stage.connect(path).closed).code));
      expect(codes).toEqual([4001, 4001, 4001, 4001, 4001]);
    },
  );

  test('one more than the tier has: 4002; after one closed there is room again, on any channel', async () => {
    const key = await stage.tenantKey({ tier: 'pro' });
    const held = [
      await stage.openWith('prices', key),
      await stage.openWith('executions', key),
      await stage.open('market', { 'x-api-key': key }),
    ];
    expect((await stage.connect(`prices?token=${await stage.wsToken(key)}`).closed).code).toBe(4002);
    const user = await stage.open('user');
    user.send({ type: 'user', auth: { apiKey: key } });
    expect((await user.closed).code).toBe(4002);
    await held[0]?.close();
    await expect.poll(async () => stage.settles(`prices?token=${await stage.wsToken(key)}`)).toBe(true);
  });

  test('a refused socket takes nothing away: 30 refusals later the count is right', async () => {
    const key = await stage.tenantKey({ tier: 'pro' });
    const token = await stage.wsToken(key);
    const opening = Array.from({ length: 33 }, () => stage.connect(`prices?token=${token}`));
    const open3 = await Promise.all(
      opening.map((socket) =>
        Promise.race([
          socket.opened.then(() => socket.settle()).then(() => 'open'),
          socket.closed.then(({ code }) => code),
        ]),
      ),
    );
    expect(open3.filter((result) => result === 'open')).toHaveLength(3);
    expect(open3.filter((result) => result === 4002)).toHaveLength(30);
  });

  test("a revoked key's sockets are closed", async () => {
    const { tenant, keys } = await createTenant(stage.file, { keys: 2 });
    const [first, second] = keys;
    const socket = await stage.openWith('executions', first?.raw_key ?? '');
    const other = await stage.openWith('executions', second?.raw_key ?? '');
    // workerd ends the connection of a socket that has never sent a frame only 10 s after its close frame.
    await Promise.all([socket.settle(), other.settle()]);
    await ask(stage.file.url, 'DELETE', `/v1/keys/${first?.id}`, {
      headers: { 'x-api-key': second?.raw_key ?? '' },
    });
    expect((await socket.closed).code).toBe(4001);
    await operate(stage.file, 'PATCH', `/tenants/${tenant}`, { flagged: true });
    expect((await other.closed).code).toBe(4001);
  });
});
