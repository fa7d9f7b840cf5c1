import { describe, expect, test } from 'vitest';
import { toCsv } from './csv.ts';

describe('a CSV export', () => {
  test('quotes what RFC 4180 says, and ends each record with CRLF', () => {
    expect(toCsv([['a', 'b,c', 'say "x"', 'two\nlines'], ['']])).toBe(
      'a,"b,c","say ""x""","two\nlines"\r\n\r\n',
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])(
    'text %j is never a formula',
    (text) => {
      expect(toCsv([[text]])).toMatch(/^"?'/);
    },
  );

  test('a negative number of ours stays one', () => {
    expect(toCsv([[{ number: '-1.50' }]])).toBe('-1.50\r\n');
  });
});
