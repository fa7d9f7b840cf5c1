import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretScan, written } from '../../support/secret-scan.ts';
import type { Desk } from './stage.ts';

/** Signed (three parts) or sealed (five): no log has a reason to hold either. */
const TOKEN = /eyJ[\w-]{10,}\.[\w-]*\.[\w-]{10,}/;

/**
 * Names of the logs in which a token, a password or a key stands, or a piece of one. Of a token the signature is looked
 * for: the rest says nothing that is secret, and is alike in all of them.
 */
export function findLeaks(home: string, desk: Desk, tokens: readonly string[]): readonly string[] {
  const scan = new SecretScan([
    ...tokens.map((token) => ({ name: 'a token', forms: [written(token.split('.').at(-1) ?? '')] })),
    ...desk.keys.map((key) => ({ name: 'a key', forms: [written(key)] })),
    { name: 'the password', forms: [written(desk.password)] },
  ]);
  return globSync('logs/*', { cwd: home }).flatMap((path) => {
    const bytes = readFileSync(join(home, path));
    const found = [...scan.find(bytes)];
    if (TOKEN.test(bytes.toString('latin1'))) found.push('something like a token');
    return found.map((what) => `${path} holds ${what}`);
  });
}
