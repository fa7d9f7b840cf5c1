import { describe, expect, test } from 'vitest';
import { allowedRedirect, redirectEntry } from './redirect-allow-list.ts';

describe('an allow-list', () => {
  test.each([
    ['https://Portal.Example.com', 'https://portal.example.com/'],
    ['https://portal.example.com/app', 'https://portal.example.com/app'],
    ['http://127.0.0.1:3000/x/', 'http://127.0.0.1:3000/x/'],
  ])('holds %s as %s', (text, entry) => expect(redirectEntry(text)).toBe(entry));

  test.each([
    'http://portal.example.com/',
    'ftp://portal.example.com/',
    'https://a:b@portal.example.com/',
    'https://portal.example.com/?',
    'https://portal.example.com/#',
    'portal.example.com',
    '',
  ])('does not hold %s', (text) => expect(redirectEntry(text)).toBeUndefined());
});

describe('a redirect', () => {
  const allowed = ['https://portal.example.com/app/', 'https://one.example.com/exact'];

  test.each([
    'https://portal.example.com/app/',
    'https://PORTAL.example.com/app/markets?next=https://evil.example/',
    'https://portal.example.com:443/app/a/b',
    'https://one.example.com/exact?x=1',
  ])('%s is allowed', (text) => expect(allowedRedirect(text, allowed)).toBe(new URL(text).href));

  test.each([
    'https://portal.example.com/app',
    'https://portal.example.com/',
    'https://portal.example.com/app/../',
    'https://portal.example.com/app/%2e%2e/',
    'https://portal.example.com/app/..%5cx',
    'https://portal.example.com/app/#x',
    'https://portal.example.com./app/',
    'https://portal.example.com:444/app/',
    'https://portal.example.com\\.evil.example/app/',
    'https://portal.example.com@evil.example/app/',
    'https:portal.example.com.evil.example/app/',
    'https://one.example.com/exact/more',
    'https://one.example.com/exactly',
    ' https://portal.example.com/app/',
    'https://portal.example.com/app/\t',
    'data:text/html,x',
  ])('%s is not', (text) => expect(allowedRedirect(text, allowed)).toBeUndefined());
});
