import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HttpMailer } from './http-mailer.ts';

const seen: { readonly authorization: string | undefined; readonly body: unknown }[] = [];
let status = 202;
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      seen.push({ authorization: request.headers.authorization, body });
      response.writeHead(status, status === 302 ? { location: 'https://evil.example/' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/send`;
});
afterAll(() => void server.close());

test('a mail goes out as one POST with the token; what is not 2xx has failed, and a redirect is not followed', async () => {
  const mail = { from: { address: 'a@b.c', name: 'A' }, to: 'd@e.f', subject: 's', text: 't' };
  const mailer = new HttpMailer(url, 'secret');
  expect(await mailer.send(mail)).toBe('accepted');
  expect(seen).toEqual([{ authorization: 'Bearer secret', body: mail }]);
  for (status of [302, 400, 500]) expect(await mailer.send(mail)).toBe('failed');
  expect(seen).toHaveLength(4);
  expect(await new HttpMailer('http://127.0.0.1:1/', '').send(mail)).toBe('failed');
});
