import { expect, test } from 'vitest';
import { rests } from './order-rests.ts';

test('good-till orders rest, the others end at once, in both spellings', () => {
  expect((['gtc', 'gtd', 'GTC', 'GTD'] as const).map(rests)).toEqual([true, true, true, true]);
  expect((['ioc', 'fok', 'FAK', 'FOK'] as const).map(rests)).toEqual([false, false, false, false]);
});
