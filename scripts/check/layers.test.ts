import { describe, expect, test } from 'vitest';
import { refusal } from './layers.ts';

describe('imports that would turn an arrow round are refused', () => {
  test.each([
    ['shared/money/fixed.ts', 'durable-objects/bindings.ts'],
    ['shared/money/fixed.ts', 'workers/gateway/http/route.ts'],
    ['durable-objects/tenant/tenant.ts', 'workers/gateway/env.ts'],
    ['durable-objects/tenant/tenant.ts', 'emulators/polymarket/index.ts'],
    ['durable-objects/tenant/tenant.ts', 'relay/index.ts'],
    ['workers/gateway/http/route.ts', 'emulators/polymarket/index.ts'],
    ['workers/gateway/routes.ts', 'scripts/lib/paths.ts'],
    ['workers/gateway/routes.ts', 'bench/run.ts'],
    ['workers/gateway/routes.ts', 'test/support/patience.ts'],
    ['workers/gateway/routes.ts', 'sdk/src/index.ts'],
    ['relay/index.ts', 'durable-objects/bindings.ts'],
    ['sdk/src/index.ts', 'shared/money/fixed.ts'],
  ])('%s, %s', (from, to) => {
    expect(refusal(from, to)).toMatch(/must not import/);
  });

  test.each([
    ['workers/gateway/clob/routes.ts', 'workers/gateway/partner/wire.ts'],
    ['workers/gateway/partner/wire.ts', 'workers/gateway/trader/session.ts'],
    ['workers/gateway/http/route.ts', 'workers/gateway/auth/authenticate.ts'],
    ['workers/gateway/trading/v1-wire.ts', 'workers/gateway/clob/routes.ts'],
    ['workers/gateway/pipeline/pipeline.ts', 'workers/gateway/agents/routes.ts'],
  ])('a surface or a lower room of the gateway: %s, %s', (from, to) => {
    expect(refusal(from, to)).toMatch(/must not import/);
  });

  test.each([
    ['durable-objects/tenant/tenant.ts', 'durable-objects/trading-account/ledger/ledger.ts'],
    ['durable-objects/rpc/stubs.ts', 'durable-objects/tenant/profile.ts'],
    ['workers/gateway/account/wallets.ts', 'durable-objects/tenant/wallets/wallet-store.ts'],
    ['workers/vault/service.ts', 'durable-objects/credential-vault/envelope/envelope.ts'],
  ])("another object's inside: %s, %s", (from, to) => {
    expect(refusal(from, to)).toMatch(/inside of/);
  });
});

test.each([
  ['workers/gateway/account/wallets.ts', 'durable-objects/tenant/api.ts'],
  ['workers/gateway/index.ts', 'durable-objects/tenant/tenant.ts'],
  ['durable-objects/tenant/tenant.ts', 'durable-objects/tenant/keys/key-store.ts'],
  ['durable-objects/tenant/tenant.ts', 'shared/money/fixed.ts'],
  ['durable-objects/tenant/tenant.object.test.ts', 'emulators/polymarket/index.ts'],
  ['workers/gateway/clob/routes.ts', 'workers/gateway/trading/v1-wire.ts'],
  ['relay/index.ts', 'shared/relay/routes.ts'],
])('%s may import %s', (from, to) => {
  expect(refusal(from, to)).toBeUndefined();
});
