import { expect, test } from 'vitest';
import { importKeys } from './keys.ts';
import { readConfig } from './environment.ts';

const keys = { RELAY_EDGE_KEYS: '{}', RELAY_SIGNING_KEY: '{}', RELAY_SEALING_KEY: '{}' };

test('what is wrong or missing is told by name, never by value', async () => {
  const complaint = (environment: Record<string, string>): string => {
    try {
      readConfig(environment);
      return '';
    } catch (error) {
      return String(error);
    }
  };
  const wrong = complaint({ RELAY_PORT: 'secret-value', RELAY_EDGE_KEYS: '{}', RELAY_DESKS: 'secret-value' });
  expect(wrong).toContain('RELAY_PORT: must be a whole number');
  expect(wrong).toContain('RELAY_DESKS: must be <tenant>/<environment>');
  expect(wrong).toContain('RELAY_SIGNING_KEY is missing');
  expect(wrong).not.toContain('secret-value');
  expect(complaint(keys)).toContain('Set RELAY_ENVIRONMENT');
  expect(complaint({ ...keys, RELAY_ENVIRONMENT: 'prod', RELAY_DESKS: 'a/b' })).toContain('RELAY_DIAL_URL');
  for (const name of ['RELAY_SIGNING_KEY_FILE', 'RELAY_CA_FILE', 'RELAY_PROTO_DIR'])
    expect(complaint({ ...keys, RELAY_ENVIRONMENT: 'prod', [name]: '/absent' })).toContain(
      `${name}: there is no`,
    );
  const config = readConfig({
    ...keys,
    RELAY_ENVIRONMENT: 'prod',
    RELAY_SIGNING_KEY: '{"d":"secret-value"}',
  });
  const refused = await importKeys(config).catch(String);
  expect(refused).toContain('RELAY_EDGE_KEYS must be');
  expect(refused).not.toContain('secret-value');
});

test.each([
  ['v1beta1', 'cname', 'rest.prod', 'rest.prod', undefined],
  [
    'v1beta1',
    'privatelink',
    'traderapi.us-east-1.privatelink.prod',
    'traderapi.us-east-1.privatelink.prod',
    undefined,
  ],
  [
    'v1beta1',
    'privatelink-host',
    'traderapi.us-east-1.privatelink.prod',
    'traderapi.us-east-1.privatelink.prod',
    'rest.prod',
  ],
  ['v1', 'cname', 'api.prod', 'grpc-api.prod', undefined],
])('%s by %s: REST at %s, gRPC at %s, called %s', (dialect, connect, rest, grpc, host) => {
  const domain = '.polymarketexchange.com';
  const { upstream } = readConfig({
    ...keys,
    RELAY_ENVIRONMENT: 'prod',
    RELAY_DIALECT: dialect,
    RELAY_CONNECT: connect,
  });
  expect(upstream.rest.href).toBe(`https://${rest}${domain}/`);
  expect(upstream.grpc.href).toBe(`https://${grpc}${domain}/`);
  expect(upstream.hostHeader?.rest).toBe(host === undefined ? undefined : `${host}${domain}`);
});
