import { decodeJwt, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { openCredential, sealCredential } from './relay-credential.ts';
import { signReply, verifyReply } from './reply-token.ts';
import { RELAY_AUDIENCE, GATEWAY_AUDIENCE, signRequest, verifyRequest } from './request-token.ts';
import { openCall, sealCall } from './sealed-call.ts';

const NOW = Date.UTC(2026, 10, 1);
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const request = {
  method: 'POST',
  path: '/rest/api/v1beta1/insert_order',
  body: bytes('{"a":1}'),
  desk: 'tenant/preprod',
};

describe('a request token is good for one request of one sender', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const stranger = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const token = await signRequest(privateKey, RELAY_AUDIENCE, request, NOW);
  const verify = (
    over: Partial<typeof request> = {},
    at = NOW,
    audience = RELAY_AUDIENCE,
  ): Promise<unknown> => verifyRequest(token, publicKey, audience, { ...request, ...over }, at);

  test('the request it was made for', async () => {
    expect(await verify()).toMatchObject({ ok: true, desk: 'tenant/preprod' });
  });
  test.each([
    ['another body', { body: bytes('{"a":2}') }],
    ['another path', { path: '/rest/api/v1beta1/cancel_order' }],
    ['another method', { method: 'GET' }],
  ])('%s', async (_, over) => {
    expect(await verify(over)).toEqual({ ok: false, reason: 'OTHER_REQUEST' });
  });
  test('after its minute, before its time, for another audience, by another key', async () => {
    const refused = { ok: false, reason: 'BAD_TOKEN' };
    expect(await verify({}, NOW + 66_000)).toEqual(refused);
    expect(await verify({}, NOW - 66_000)).toEqual(refused);
    expect(await verify({}, NOW, GATEWAY_AUDIENCE)).toEqual(refused);
    expect(await verifyRequest(token, stranger.publicKey, RELAY_AUDIENCE, request, NOW)).toEqual(refused);
  });
});

test('only the relay opens a sealed credential, and an altered one opens for nobody', async () => {
  const relay = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
  const stranger = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
  const value = { access_token: 'test-access-token', expires_at: NOW, desk: 'tenant/preprod' };
  const sealed = await sealCredential(relay.publicKey, value);
  expect(sealed).not.toContain('test-access-token');
  expect(await openCredential(relay.privateKey, sealed)).toEqual(value);
  expect(await openCredential(stranger.privateKey, sealed)).toBeUndefined();
  expect(await openCredential(relay.privateKey, `${sealed.slice(0, -2)}AA`)).toBeUndefined();
});

test("a reply is the relay's to one request, with its status, outcome and body", async () => {
  const gateway = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const [asked, other] = await Promise.all([
    signRequest(gateway.privateKey, RELAY_AUDIENCE, request, NOW),
    signRequest(gateway.privateKey, RELAY_AUDIENCE, request, NOW),
  ]);
  const reply = { status: 200, outcome: 'answered', body: bytes('{"order_id":"1"}') } as const;
  const signed = { ...reply, requestId: String(decodeJwt(asked).jti), desk: request.desk };
  const token = await signReply(privateKey, signed, NOW);
  expect(await verifyReply(token, publicKey, asked, reply, NOW)).toBe(true);
  expect(await verifyReply(token, publicKey, other, reply, NOW)).toBe(false);
  expect(await verifyReply(token, publicKey, asked, { ...reply, status: 409 }, NOW)).toBe(false);
  expect(await verifyReply(token, publicKey, asked, { ...reply, outcome: 'unknown' }, NOW)).toBe(false);
  expect(await verifyReply(token, publicKey, asked, { ...reply, body: bytes('{}') }, NOW)).toBe(false);
  expect(await verifyReply(token, gateway.publicKey, asked, reply, NOW)).toBe(false);
});

test('a sealed call opens at the relay only, its answer at whoever called only', async () => {
  const relay = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
  const [call, other] = await Promise.all([
    sealCall(relay.publicKey, '/login', '{"password":"x"}'),
    sealCall(relay.publicKey, '/login', ''),
  ]);
  expect(call.sealed).not.toContain('password');
  const opened = await openCall(relay.privateKey, '/login', call.sealed);
  expect(opened?.body).toBe('{"password":"x"}');
  const answer = (await opened?.sealReply('{"accessToken":"t"}')) ?? '';
  expect(await call.open(answer)).toBe('{"accessToken":"t"}');
  expect(await other.open(answer)).toBeUndefined();
  expect(await openCall(relay.privateKey, '/login', `${call.sealed}A`)).toBeUndefined();
  expect(await openCall(relay.privateKey, '/whoami', call.sealed)).toBeUndefined();
});
