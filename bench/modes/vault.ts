import { serveVault, type VaultServer } from '../../test/support/vault-server.ts';
import type { Bench } from '../lib/bench.ts';
import { measureSignatures } from './signatures.ts';

/** Test values, valid nowhere. */
const credential = {
  venue: 'polymarket',
  privateKey: `0x${'7e57'.repeat(16)}`,
  clob: { apiKey: 'test', secret: Buffer.alloc(32, 'test secret ').toString('base64'), passphrase: 'test' },
} as const;
const actor = { keyId: 'bench', requestId: 'bench' };
const request = { method: 'GET', path: '/data/orders', timestamp: 1_700_000_000 };
const scopeOf = (account: number) => ({ tenant: `tnt_${account % 100}`, account: `acct_${account}` });

/** What a signature costs, then a rotation under load. */
export async function measureVault(bench: Bench): Promise<void> {
  await measureSignatures(bench);
  await measureRotation(bench);
}

/** Stores so many credentials, one an account, then re-wraps them all while one client signs without a pause. */
async function measureRotation({ home, cleanup, step }: Bench): Promise<void> {
  const accounts = Number(process.argv[3] ?? 10_000);
  step(`storing ${accounts} credentials`);
  let vault = await serveVault(home, [1], cleanup);
  const storing = Date.now();
  await runConcurrently(16, accounts, async (account) => {
    const result = await vault.call('store', { scope: scopeOf(account), actor, credential });
    if (!result.ok) throw new Error(result.message);
  });
  console.log(`stored: ${rate(accounts, storing)}`);
  await vault.child.stop();
  vault = await serveVault(home, [1, 2], cleanup);

  step('signing alone');
  const warm = await signUntil(vault, 1, afterMs(2_000));
  const alone = await signUntil(vault, accounts, afterMs(5_000));
  step('signing while everything is re-wrapped');
  const started = Date.now();
  await vault.startRotation();
  const during = await signUntil(
    vault,
    accounts,
    async () => (await vault.rotation()).sweep.state !== 'running',
  );
  const status = await vault.rotation();
  console.log(`re-wrapped: ${rate(accounts, started)}, sweep ${status.sweep.state}`);
  console.log(`root versions: ${JSON.stringify(status.versions)}`);
  console.log(`one warm account:   ${warm}`);
  console.log(`signing alone:      ${alone}`);
  console.log(`signing, rotating:  ${during}`);
  await vault.child.stop();
  vault = await serveVault(home, [2], cleanup);
  step('every credential under the new version alone');
  await runConcurrently(16, accounts, (account) => sign(vault, account));
  console.log(`all ${accounts} sign without the old root key`);
}

async function sign(vault: VaultServer, account: number): Promise<void> {
  const source = { kind: 'stored', venue: 'polymarket' } as const;
  const result = await vault.call('l2Headers', { scope: scopeOf(account), actor, source, request });
  if (!result.ok) throw new Error(`a signature failed: ${result.message}`);
}

/** Signs for one account after another until `done`; how many there were and how long each took. */
async function signUntil(
  vault: VaultServer,
  accounts: number,
  done: () => boolean | Promise<boolean>,
): Promise<string> {
  const times: number[] = [];
  // A stride through the accounts, so that most are met cold, before, while and after they are re-wrapped.
  for (let at = 0; ; at = (at + 7_919) % accounts) {
    const started = performance.now();
    await sign(vault, at);
    times.push(performance.now() - started);
    if (times.length % 50 === 0 && (await done())) break;
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)} ms`;
  return `${times.length} signatures, 0 failed, p50 ${at(0.5)}, p90 ${at(0.9)}`;
}

async function runConcurrently(
  lanes: number,
  count: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await act(index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const afterMs = (ms: number): (() => boolean) => {
  const end = Date.now() + ms;
  return () => Date.now() >= end;
};

const rate = (count: number, since: number): string => {
  const seconds = (Date.now() - since) / 1000;
  return `${count} in ${seconds.toFixed(1)} s (${(count / seconds).toFixed(0)}/s)`;
};
