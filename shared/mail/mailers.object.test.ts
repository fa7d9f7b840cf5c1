import { expect, inject, test } from 'vitest';
import { mailerOf } from './configured-mailer.ts';

const settings = { MAIL_FROM: 'a@example.com', MAIL_SECRET: 'unused' };
const mail = { from: { address: 'a@example.com', name: 'A' }, to: 'b@example.com', subject: 's', text: 't' };

// (A name that only the resolver knows to be this machine stands for any other.)
test.each([
  ['127.0.0.1', 'accepted'],
  ['127.1', 'no-tls'],
])('by smtp to %s a mail without TLS is %s', async (host, mailed) => {
  const mailer = mailerOf({ ...settings, MAIL_URL: `smtp://${host}:${inject('mailPort')}` });
  expect(await mailer?.send(mail)).toBe(mailed);
});

test('a mail API on another machine is asked by https or not at all', () => {
  const of = (MAIL_URL: string) => mailerOf({ ...settings, MAIL_URL });
  expect(of('')).toBeUndefined();
  for (const url of [
    'https://mail.example.com/send',
    'http://127.0.0.1:1/',
    'http://localhost:1/',
    'http://0.0.0.0:1/',
    'http://[::1]:1/',
  ])
    expect(of(url)).toBeDefined();
  for (const url of [
    'http://mail.example.com/',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'ftp://localhost/',
    'mail',
  ])
    expect(() => of(url), url).toThrow('MAIL_URL');
});
