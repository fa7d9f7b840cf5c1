import { env } from 'cloudflare:workers';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { directory, tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { generateKey } from '../../../shared/keys/key-format.ts';
import { createApp } from '../app.ts';
import type { Env } from '../env.ts';

/** Bindings of which one class of objects fails whatever it is asked, as while the platform moves it. */
function failing(binding: 'KEY_GATE' | 'RATE_GATE'): Env {
  const fail = (): Promise<never> => Promise.reject(new Error('overloaded'));
  const value = { getByName: () => ({ take: fail, admit: fail }) };
  return Object.create(env, { [binding]: { value } }) as Env;
}

const app = createApp();
const send = async (
  bindings: Env,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [number, string | null, string | null]> => {
  const reply = await app.fetch(new Request(`https://postern${path}`, { method, headers }), bindings);
  await reply.text();
  return [reply.status, reply.headers.get('x-polysim-code'), reply.headers.get('x-ratelimit-status')];
};

const owner = 'owner-of-degraded';
let token: string;
beforeAll(async () => {
  const actor = { id: 'operator', requestId: 'test' };
  await directory(env, `owner:${owner}`).claim('tnt_degraded');
  await tenantObject(env, 'tnt_degraded').create(
    {
      tenant: 'tnt_degraded',
      name: 'test',
      tier: 'pro',
      roles: ['trader'],
      admission: 'self_serve',
      flagged: false,
      underReview: false,
      betaCutoff: 0,
      walletAddress: null,
      owner,
      defaultVenue: 'paper',
    },
    actor,
  );
  token = await new SignJWT({ sub: owner })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(env.JWT_ISSUER)
    .setAudience(env.JWT_AUDIENCE)
    .setExpirationTime(Math.floor(Date.now() / 1000) + 600)
    .sign(new TextEncoder().encode(env.JWT_SECRET));
});

const passed = [200, null, 'degraded'];
const refused = [503, 'VENUE_UNAVAILABLE', null];

describe('while a limiter fails', () => {
  test('reads pass and say so', async () => {
    const key = { 'x-api-key': generateKey('test') };
    expect(await send(failing('RATE_GATE'), 'GET', '/v1/keys/tiers')).toEqual(passed);
    expect(await send(failing('KEY_GATE'), 'GET', '/v1/keys/tiers', key)).toEqual(passed);
    const bearer = { authorization: `Bearer ${token}` };
    expect(await send(failing('RATE_GATE'), 'GET', '/v1/keys', bearer)).toEqual(passed);
  });

  test('commands, and reads of what only a key may see, are refused with 503', async () => {
    const key = { 'x-api-key': generateKey('test') };
    const bearer = { authorization: `Bearer ${token}` };
    expect(await send(failing('KEY_GATE'), 'POST', '/v1/order', key)).toEqual(refused);
    expect(await send(failing('KEY_GATE'), 'GET', '/v1/account/positions', key)).toEqual(refused);
    expect(await send(failing('RATE_GATE'), 'POST', '/v1/keys', bearer)).toEqual(refused);
    expect(await send(failing('RATE_GATE'), 'POST', '/v1/auth/api-key')).toEqual(refused);
  });

  test('a bad credential is still told as what it is', async () => {
    const bearer = { authorization: 'Bearer a.b.c' };
    expect(await send(failing('RATE_GATE'), 'GET', '/v1/keys', bearer)).toEqual([401, 'INVALID_TOKEN', null]);
  });
});
