import { describe, expect, test } from 'vitest';
import { keyStatus, type TenantSnapshot } from './principal.ts';

const tenant: TenantSnapshot = {
  version: 1,
  tier: 'pro',
  roles: ['trader'],
  admission: 'self_serve',
  flagged: false,
  underReview: false,
  betaCutoff: 1_000,
};
const key = { tier: 'pro', permissions: ['read', 'trade'] } as const;

describe('what a key really has', () => {
  test('its own tier, never above the plan of its tenant', () => {
    expect(keyStatus({ ...key, tier: 'enterprise' }, tenant, 0).tier).toBe('pro');
    expect(keyStatus({ ...key, tier: 'free' }, tenant, 0).tier).toBe('free');
  });

  test('a free key is read-only whatever it was issued with', () => {
    expect(keyStatus(key, { ...tenant, tier: 'free' }, 0)).toMatchObject({
      tier: 'free',
      permissions: ['read'],
    });
  });

  test('what the roles of its tenant open no more it has lost; what an operator put on it stays', () => {
    const desk = { tier: 'pro', permissions: ['read', 'desk', 'builder', 'credentials:export'] } as const;
    expect(keyStatus(desk, { ...tenant, roles: ['desk'] }, 0).permissions).toEqual([
      'read',
      'desk',
      'credentials:export',
    ]);
  });

  test('a cohort key runs at enterprise to the cutoff and as free and read-only from it on', () => {
    const cohort = { ...tenant, admission: 'cohort' } as const;
    expect(keyStatus(key, cohort, 999)).toEqual({
      tier: 'enterprise',
      permissions: ['read', 'trade'],
      betaExpired: false,
    });
    expect(keyStatus(key, cohort, 1_000)).toEqual({ tier: 'free', permissions: ['read'], betaExpired: true });
  });
});
