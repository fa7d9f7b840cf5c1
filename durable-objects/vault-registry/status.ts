import type { RootUse, RotationStatus } from '../../shared/vault/port.ts';
import { VaultRefusal } from '../../shared/vault/result.ts';
import type { AccountList } from './accounts.ts';
import type { RootKeys } from '../credential-vault/api.ts';

/** A rotation under way or ended, as it is stored. */
export interface Sweep {
  /** Version that everything is re-wrapped under; nothing is sealed under an older one from here on. */
  readonly target: number;
  readonly attempt: number;
  /** Unix ms. */
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Who started it. */
  readonly keyId: string;
  readonly requestId: string;
}

/** Failed accounts that a status names: the operator mends one, not a thousand. */
const MAX_FAILURES = 10;

/** How the rotation stands. */
export function describeRotation(
  roots: RootKeys | VaultRefusal,
  sweep: Sweep | undefined,
  accounts: AccountList,
): RotationStatus {
  const known = roots instanceof VaultRefusal ? undefined : roots;
  const versions = rootUses(known, sweep, new Map(accounts.totals()));
  const accountsLeft = sweep ? accounts.countStale(sweep.target) : 0;
  return {
    current: known?.current ?? null,
    versions,
    sweep: {
      state: stateOf(sweep, accountsLeft),
      target: sweep?.target ?? null,
      startedAt: sweep?.startedAt ?? null,
      finishedAt: sweep?.finishedAt ?? null,
      accountsLeft,
      failures: accounts.failures(MAX_FAILURES),
    },
    fault: roots instanceof VaultRefusal ? roots.message : missingVersion(versions),
  };
}

/**
 * A version may go when no credential needs it and none will: a sweep to a later one has begun, so no instance
 * seals under it any more.
 */
function rootUses(
  roots: RootKeys | undefined,
  sweep: Sweep | undefined,
  totals: ReadonlyMap<number, number>,
): readonly RootUse[] {
  const versions = new Set([...(roots?.keys.keys() ?? []), ...totals.keys()]);
  return [...versions]
    .toSorted((a, b) => a - b)
    .map((version) => {
      const credentials = totals.get(version) ?? 0;
      const canDrop = credentials === 0 && sweep !== undefined && version < sweep.target;
      return { version, present: roots?.keys.has(version) ?? false, credentials, canDrop };
    });
}

function stateOf(sweep: Sweep | undefined, accountsLeft: number): RotationStatus['sweep']['state'] {
  if (!sweep) return 'none';
  if (sweep.finishedAt === null) return 'running';
  return accountsLeft === 0 ? 'finished' : 'incomplete';
}

function missingVersion(versions: readonly RootUse[]): string | null {
  const lost = versions.find(({ present, credentials }) => !present && credentials > 0);
  if (!lost) return null;
  return `root version ${lost.version} is missing from VAULT_ROOT_KEYS: ${lost.credentials} credentials need it`;
}
