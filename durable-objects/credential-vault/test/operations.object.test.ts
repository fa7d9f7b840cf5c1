import { evictDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  setRootVersions,
  freshScope,
  storeIn,
  vault,
  actor,
  signStored,
  lastAudit,
  vaultStub,
} from './support.ts';

beforeAll(() => setRootVersions(1));

describe('smoke', () => {
  test('store and sign', async () => {
    const scope = freshScope();
    await storeIn(scope);
    console.log(JSON.stringify(await vault.list({ scope, actor })));
    console.log(JSON.stringify(await signStored(scope)));
    await evictDurableObject(vaultStub(scope));
    console.log(JSON.stringify(await signStored(scope)));
    console.log(JSON.stringify(await lastAudit(scope)));
    console.log(JSON.stringify(await vault.destroy({ scope, actor })));
    console.log(JSON.stringify(await vault.auditVerify({ scope })));
    console.log(JSON.stringify(await signStored(scope)));
    console.log(JSON.stringify(await vault.rotationStatus()));
  });
});
