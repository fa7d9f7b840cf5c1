import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from './secret.ts';

const PLANTED = 'planted-test-secret-0123456789';
const secret = Secret.of(PLANTED);
/** Without its type, which the linter would not let into a template. */
const untyped: string = secret as unknown as string;

describe('a Secret never prints', () => {
  test('only reveal gives the text', () => {
    expect(secret.reveal()).toBe(PLANTED);
  });

  const nested = { credential: { list: [secret], map: new Map([['key', secret]]) } };
  const ways: readonly (readonly [string, () => string])[] = [
    ['JSON.stringify', () => JSON.stringify(secret)],
    ['JSON.stringify of what holds it', () => JSON.stringify({ deep: { list: [secret] } })],
    ['a template literal', () => `key: ${untyped}`],
    ['String()', () => String(secret)],
    ['concatenation', () => 'key=' + untyped],
    ['join', () => ['key=', secret].join('')],
    ['util.inspect', () => inspect(secret)],
    ['util.inspect of what holds it', () => inspect(nested, { depth: 10, showHidden: true })],
    ['util.inspect with hidden members shown', () => inspect(secret, { showHidden: true })],
    ['an Error with a cause', () => inspect(new Error('failed', { cause: secret }))],
    ['an Error with it as a member', () => inspect(Object.assign(new Error('failed'), { secret }))],
    ['an Error with it in the message', () => inspect(new Error(`failed with ${untyped}`))],
  ];
  test.each(ways)('%s says [redacted]', (_name, print) => {
    const text = print();
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(PLANTED);
  });

  test('console.log of what holds it says [redacted]', () => {
    const stream = new PassThrough();
    new Console(stream).log('stored', nested, { secret }, 'as %s and %o and %j', secret, secret, secret);
    const written = String(stream.read());
    expect(written).toContain('[redacted]');
    expect(written).not.toContain(PLANTED);
  });

  test('inspect with custom printing turned off shows no member', () => {
    expect(inspect(secret, { customInspect: false, showHidden: true })).not.toContain(PLANTED);
  });

  test('reflection, spreading and cloning find nothing', () => {
    expect(Reflect.ownKeys(secret)).toEqual([]);
    expect(JSON.stringify(Object.assign({}, secret))).toBe('{}');
    expect(inspect(structuredClone(secret), { showHidden: true })).not.toContain(PLANTED);
  });

  test('it cannot be given another way to print', () => {
    expect(() => Object.assign(secret, { toJSON: () => PLANTED })).toThrow(TypeError);
  });
});
