import { expect, test } from 'vitest';
import { mintTenantToken, tenantOfToken } from './tenant-token.ts';

const TENANT = 'tnt_0123456789abcdefghij';

test('a token leads to its tenant for its own purpose, under its own root, and not with any character changed', async () => {
  const token = await mintTenantToken('ptl', TENANT, 'root');
  expect(await tenantOfToken('ptl', token, 'root')).toBe(TENANT);
  expect(await tenantOfToken('pts', token, 'root')).toBeUndefined();
  expect(await tenantOfToken('ptl', token, 'other')).toBeUndefined();
  for (let index = 0; index < token.length; index += 1) {
    const changed = `${token.slice(0, index)}${token[index] === '0' ? '1' : '0'}${token.slice(index + 1)}`;
    expect(await tenantOfToken('ptl', changed, 'root')).toBeUndefined();
  }
  expect(await mintTenantToken('ptl', TENANT, 'root')).not.toBe(token);
});
