import { env } from 'cloudflare:workers';
import { abortAllDurableObjects } from 'cloudflare:test';
import { afterEach, expect, test } from 'vitest';
import { exchangeConnector } from '../../rpc/stubs.ts';
import { askAsDesk, audited, control, exchangeAt, newDesk, type Desk } from '../../../test/support/desk.ts';

afterEach(() => control('tokens', { access_ttl_ms: 3_600_000, refresh_ttl_ms: 86_400_000 }));

const login = ({ tenant, username, password, actor }: Desk, wrong = '') =>
  exchangeConnector(env, tenant).keep({ kind: 'login', username, password: password + wrong }, actor);

const whoami = (desk: Desk): Promise<unknown> => askAsDesk(desk, 'whoami');

test('a stored login acts for the desk without telling a token, and is asked of the vault once', async () => {
  const desk = await newDesk();
  const settled = await login(desk);
  expect(settled).toMatchObject({ ok: true, step: { state: 'ready' } });
  expect(JSON.stringify(settled)).not.toMatch(/accessToken|refreshToken|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/);
  for (let times = 0; times < 3; times += 1) expect(await whoami(desk)).toMatchObject({ user: desk.user });
  expect(await audited(desk)).toEqual(['exchangeSession ok', 'exchangeAnswer ok']);
});

test('a wrong password is refused in the words of the exchange, and nothing is stored', async () => {
  const desk = await newDesk();
  expect(await login(desk, 'x')).toMatchObject({ reason: 'EXCHANGE_REFUSED', status: 401, grpcCode: 16 });
  expect(await whoami(desk)).toMatchObject({ reason: 'CREDENTIALS_REQUIRED' });
});

test('a token of half a minute is asked of the vault once, like any other', async () => {
  const desk = await newDesk();
  await control('tokens', { access_ttl_ms: 30_000 });
  await login(desk);
  for (let times = 0; times < 3; times += 1) expect(await whoami(desk)).toMatchObject({ user: desk.user });
  expect(await audited(desk)).toEqual(['exchangeSession ok', 'exchangeAnswer ok']);
  await abortAllDurableObjects();
  expect(await whoami(desk)).toMatchObject({ user: desk.user });
  // A new instance is given the same one.
  expect((await audited(desk)).slice(2)).toEqual(['exchangeSession ok']);
});

test('a token that is over is renewed once for all who ask, also by a new instance', async () => {
  const desk = await newDesk();
  await control('tokens', { access_ttl_ms: 1 });
  await login(desk);
  // The streams want one that is good, and get another of the same.
  await expect.poll(() => audited(desk)).toHaveLength(4);
  await control('tokens', { access_ttl_ms: 3_600_000 });
  await abortAllDurableObjects();
  const answers = await Promise.all([whoami(desk), whoami(desk), whoami(desk)]);
  expect(answers).toEqual(answers.map(() => expect.objectContaining({ user: desk.user })));
  expect((await audited(desk)).slice(4)).toEqual(['exchangeSession ok', 'exchangeAnswer ok']);
});

test('a session that the exchange no longer takes is logged in again with the sealed password', async () => {
  const desk = await newDesk();
  await login(desk);
  // The exchange has one refresh token for each user: this spends the desk's.
  await fetch(await exchangeAt('/auth/v1beta1/login'), {
    method: 'POST',
    body: JSON.stringify({ username: desk.username, password: desk.password }),
  });
  await control('clock', { offset_ms: 7_200_000 });
  try {
    expect(await whoami(desk)).toMatchObject({ user: desk.user });
  } finally {
    await control('clock', { offset_ms: 0 });
  }
});

test('another tenant has nothing of it', async () => {
  const [desk, other] = [await newDesk(), await newDesk()];
  await login(desk);
  expect(await whoami(other)).toMatchObject({ reason: 'CREDENTIALS_REQUIRED' });
});
