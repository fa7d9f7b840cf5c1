import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OCTET_STRING, SEQUENCE, readElement, writeElement } from './der.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

describe('DER', () => {
  test('what is written is read back, with what follows it, at any length', () => {
    const lengths = [0, 1, 127, 128, 129, 255, 256, 257, 4_095, 65_535];
    for (const length of lengths) {
      const body = new Uint8Array(length).fill(0xa5);
      const whole = Uint8Array.from([...writeElement(OCTET_STRING, body), 1, 2]);
      const element = readElement(whole, OCTET_STRING);
      expect(element?.body).toEqual(body);
      expect(element?.rest).toEqual(bytes(1, 2));
    }
  });

  test('parts stand one behind the other', () => {
    expect(writeElement(SEQUENCE, bytes(5, 0), bytes(4, 1, 7))).toEqual(bytes(0x30, 5, 5, 0, 4, 1, 7));
  });

  test.each([
    ['nothing', bytes()],
    ['another tag', bytes(0x31, 0)],
    ['no length', bytes(SEQUENCE)],
    ['a body that is cut off', bytes(SEQUENCE, 2, 5)],
    ['an indefinite length', bytes(SEQUENCE, 0x80, 0, 0)],
    ['81 for less than 128', bytes(SEQUENCE, 0x81, 1, 0)],
    ['82 for less than 256', bytes(SEQUENCE, 0x82, 0, 1, 0)],
    ['more than 64 KB', bytes(SEQUENCE, 0x83, 1, 0, 0)],
  ])('%s is refused', (_name, input) => {
    expect(readElement(input, SEQUENCE)).toBeUndefined();
  });

  test('no input makes it read past its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (tail) => {
        const input = Uint8Array.from([SEQUENCE, ...tail]);
        const element = readElement(input, SEQUENCE);
        const read = element ? element.body.length + element.rest.length : 0;
        expect(read).toBeLessThan(input.length);
      }),
    );
  });

  test('more than 64 KB is not written', () => {
    expect(() => writeElement(OCTET_STRING, new Uint8Array(65_536))).toThrow(RangeError);
  });
});
