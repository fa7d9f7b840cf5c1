import { env } from 'cloudflare:workers';
import { abortAllDurableObjects } from 'cloudflare:test';
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose';
import { beforeAll, expect, test, vi } from 'vitest';
import { SEALED_PREFIX } from '../../../shared/relay/routes.ts';
import { askAsDesk, audited, control, newDesk, speakV1, type Desk } from '../../../test/support/desk.ts';
import { exchangeConnector } from '../../rpc/stubs.ts';
import { vaultOf } from '../../rpc/vault-stubs.ts';
import { HttpTransport } from '../relay/http-transport.ts';
import { meaningOf } from '../../../shared/relay/exchange-replies.ts';
import { PATIENCE } from '../../../test/support/patience.ts';

let pem: string;
let publicKey: string;
beforeAll(async () => {
  await speakV1();
  const pair = await generateKeyPair('RS256', { extractable: true });
  pem = await exportPKCS8(pair.privateKey);
  publicKey = await exportSPKI(pair.publicKey);
});

/** A desk whose user the exchange knows by our public key, as a client of the v1 dialect. */
async function clientDesk(): Promise<Desk & { readonly clientId: string }> {
  const desk = await newDesk();
  const clientId = `client-${crypto.randomUUID()}`;
  await control('client', { client_id: clientId, public_key: publicKey, username: desk.username });
  return { ...desk, clientId };
}

const signIn = ({ tenant, actor, clientId, user }: Desk & { readonly clientId: string }, key = pem) =>
  exchangeConnector(env, tenant).keep(
    { kind: 'client', clientId, privateKeyPem: key, participant: user },
    actor,
  );

/** What the exchange answers only to the participant's own token. */
const openOrders = (desk: Desk): Promise<unknown> => askAsDesk(desk, 'get_open_orders');

test("a client's assertion gives the desk a session, for calls and for streams, and no token is told", async () => {
  const desk = await clientDesk();
  const settled = await signIn(desk);
  expect(settled).toMatchObject({ ok: true, step: { state: 'ready' } });
  expect(JSON.stringify(settled)).not.toMatch(/accessToken|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/);
  expect(await openOrders(desk)).toEqual({ orders: [] });
  expect(await audited(desk)).toEqual(['exchangeSession ok', 'exchangeAnswer ok']);
  const lookUp = () => exchangeConnector(env, desk.tenant).lookUp('get_open_orders', {}, desk.actor, false);
  await expect.poll(lookUp).toMatchObject({ ok: true, source: 'stream' });
});

test('a token that expires soon is followed by one for a new assertion, also of a new instance', async () => {
  const desk = await clientDesk();
  await control('tokens', { v1_ttl_ms: 1_000 });
  try {
    await signIn(desk);
  } finally {
    await control('tokens', { v1_ttl_ms: 180_000 });
  }
  await abortAllDurableObjects();
  await vi.waitFor(async () => {
    const answers = await Promise.all([openOrders(desk), openOrders(desk)]);
    expect(answers).toEqual([{ orders: [] }, { orders: [] }]);
    expect((await audited(desk)).slice(2)).toContain('exchangeAnswer ok');
  }, PATIENCE);
});

test('the token of a login that was replaced meanwhile is kept by nobody', async () => {
  const [desk, next] = [await clientDesk(), await clientDesk()];
  await signIn(desk);
  const { scope, actor } = desk;
  const name = `${desk.tenant}/${env.EXCHANGE_ENVIRONMENT}`;
  const call = { scope, actor, desk: name };
  const intent = { kind: 'session', refused: 1 } as const;
  const begun = await vaultOf(env).exchangeSession({ ...call, intent });
  // Nor is it sealed for another's desk, whoever asks.
  const foreign = { ...call, desk: `${next.tenant}/${env.EXCHANGE_ENVIRONMENT}`, intent };
  expect(await vaultOf(env).exchangeSession(foreign)).toMatchObject({ reason: 'REQUEST_INVALID' });
  if (!begun.ok || begun.step.state !== 'call') throw new Error('a renewal is a call');
  const { id, path, sealed } = begun.step;
  const renewed = await new HttpTransport(env, name).call({ path: `${SEALED_PREFIX}${path}`, body: sealed });
  await signIn({ ...next, tenant: desk.tenant });
  const { status, body } = renewed;
  expect(await vaultOf(env).exchangeAnswer({ ...call, id, status, body })).toMatchObject({
    reason: 'CREDENTIAL_CHANGED',
  });
  await abortAllDurableObjects();
  const asked = { path: '/api/v1beta1/whoami', body: '{}', actor, auth: 'desk' as const };
  const reply = await exchangeConnector(env, desk.tenant).ask(asked);
  expect(reply.ok && meaningOf(reply)).toMatchObject({ body: { user: next.user } });
});

test('a key that cannot sign is refused before anything leaves, one of another client by the exchange', async () => {
  const desk = await clientDesk();
  const ec = await generateKeyPair('ES256', { extractable: true });
  for (const [key, rule] of [
    [await exportPKCS8(ec.privateKey), 'is not an RSA key'],
    [pem.slice(0, -40), 'is cut off'],
    ['nonsense', 'is not PEM'],
  ] as const) {
    const settled = await signIn(desk, key);
    expect(settled).toMatchObject({ reason: 'VALIDATION_FAILED' });
    expect(settled).toMatchObject({ message: expect.stringContaining(`private_key: ${rule}`) });
  }
  const other = await generateKeyPair('RS256', { extractable: true });
  const refused = { reason: 'EXCHANGE_REFUSED', status: 401, grpcCode: 16 };
  expect(await signIn(desk, await exportPKCS8(other.privateKey))).toMatchObject(refused);
  expect(await openOrders(desk)).toMatchObject({ reason: 'CREDENTIALS_REQUIRED' });
});

test('a password is refused in words that say what the dialect takes', async () => {
  const { tenant, username, password, actor } = await newDesk();
  const settled = await exchangeConnector(env, tenant).keep({ kind: 'login', username, password }, actor);
  expect(settled).toMatchObject({
    reason: 'EXCHANGE_REFUSED',
    status: 400,
    message: 'v1 logs in with client_id and client_assertion',
  });
});
