import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, expectRefusal, type Answer } from './support/ask.ts';
import { claimsOf, localToken } from './support/local-token.ts';

interface Signer {
  readonly alg: 'RS256' | 'ES256';
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

const makeSigner = async (alg: Signer['alg']): Promise<Signer> => ({
  alg,
  ...(await generateKeyPair(alg, { extractable: true })),
});

let signers: readonly Signer[];
let server: Server;
let program: OwnProgram;
const owner = randomUUID();

beforeAll(async () => {
  signers = await Promise.all([makeSigner('RS256'), makeSigner('ES256')]);
  const keys = await Promise.all(
    signers.map(async ({ alg, publicKey }) => ({
      ...(await exportJWK(publicKey)),
      alg,
      kid: alg,
      use: 'sig',
    })),
  );
  server = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  program = await startProgram({
    vars: { JWT_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`, CLIENT_IP_HEADER: 'x-test-address' },
  });
  await createTenant(program.file, { owner, keys: 0 });
});
afterAll(async () => {
  await program.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const balance = (token: string): Promise<Answer> =>
  ask(program.file.url, 'GET', '/v1/account/balance', { headers: { authorization: `Bearer ${token}` } });

describe('where keys are published at JWT_JWKS_URL', () => {
  test('tokens signed with either key are taken, also when the first ones come at once', async () => {
    const tokens = await Promise.all(
      [...signers, ...signers].map(({ alg, privateKey }) =>
        claimsOf({ subject: owner }, alg, alg).sign(privateKey),
      ),
    );
    const answers = await Promise.all(tokens.map(balance));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  });

  test('an expired one is TOKEN_EXPIRED', async () => {
    const [rsa] = signers;
    if (!rsa) throw new Error('no signer');
    const token = await claimsOf({ subject: owner, expiresIn: -1 }, 'RS256', 'RS256').sign(rsa.privateKey);
    expectRefusal(await balance(token), 401, 'TOKEN_EXPIRED');
  });

  test('a token signed with a key that is not published is refused', async () => {
    const stranger = await makeSigner('RS256');
    for (const kid of ['RS256', 'unknown']) {
      const token = await claimsOf({ subject: owner }, 'RS256', kid).sign(stranger.privateKey);
      expectRefusal(await balance(token), 401, 'INVALID_TOKEN');
    }
  });

  test('a published key is never an HMAC secret', async () => {
    for (const { alg, publicKey } of signers) {
      const text = await exportSPKI(publicKey);
      const jwk = JSON.stringify(await exportJWK(publicKey));
      for (const secret of [text, text.trim(), jwk]) {
        const token = await claimsOf({ subject: owner }, 'HS256', alg).sign(new TextEncoder().encode(secret));
        expectRefusal(await balance(token), 401, 'INVALID_TOKEN');
      }
    }
  });

  test('the shared secret opens nothing any more', async () => {
    expectRefusal(await balance(await localToken(program.home, { subject: owner })), 401, 'INVALID_TOKEN');
  });
});
