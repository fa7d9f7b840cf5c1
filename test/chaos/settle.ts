import { mapConcurrently } from '../../shared/concurrency/map-concurrently.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProgram } from '../support/program.ts';
import { canRetryLater, sendCommand, type ClientContext } from './send-command.ts';
import type { SentCommand } from './sent-command.ts';
import { isMoving, isUnfinished, readJournals } from './journals.ts';
import { sizeOf } from './plan.ts';
import type { ChaosAccount } from './accounts.ts';

/** Absence is believed after a minute (docs/consistency.md). */
const ABSENCE_HOLDS_MS = 61_000;
/** Longer than any request that is delayed at a venue is still on its way. */
const QUIET_MS = 1_000;
/** Between two looks at the journals. */
const LOOK_MS = 500;
/** As many commands are said again at the end, to see that they are answered and not done. */
const REPLAYED = 100;
/** Commands that are said again at a time: all of them at once would only wait for each other. */
const CONCURRENCY = 24;

/**
 * Lets what the storm left open become certain: a minute passes by the gateway's clock, whoever has a name for a
 * command says it again, whoever brings its own credential asks for its orders, and the accounts' alarms do the rest.
 */
export async function settle(
  program: OwnProgram,
  street: ClientContext,
  accounts: readonly ChaosAccount[],
  said: SentCommand[],
  until: number,
): Promise<void> {
  await sleep(QUIET_MS);
  await advance(program, ABSENCE_HOLDS_MS);
  const waiting = said.filter((one) => canRetryLater(one) && one.end.state !== 'acknowledged');
  await mapConcurrently(waiting, CONCURRENCY, (one) => sendCommand(street, one, until, Infinity));
  const rousing = alarmTriggers(accounts, said);
  said.push(...rousing);
  await mapConcurrently(rousing, CONCURRENCY, (one) => sendCommand(street, one, until, Infinity));
  while (Date.now() < until) {
    const journals = readJournals(program);
    if (journals && !journals.commands.some(isUnfinished) && !journals.escrows.some(isMoving)) return;
    await Promise.all(accounts.map((account) => queryWithOwnCredential(street, account)));
    await sleep(LOOK_MS);
  }
}

/**
 * One more order for each account with a credential in the vault: its lease makes the account's alarm ring within half a
 * minute. Alarms were set by the machine's time, the last of them more than a minute ahead.
 */
function alarmTriggers(
  accounts: readonly ChaosAccount[],
  said: readonly SentCommand[],
): readonly SentCommand[] {
  const first = Math.max(0, ...said.map(({ planned }) => planned.n)) + 1;
  return accounts
    .filter(({ venue, mode }) => venue !== 'paper' && mode !== 'request')
    .map((account, nth): SentCommand => {
      const n = first + nth;
      const rest = { account: nth, cancels: false, fee: false, losesReply: false };
      const planned = {
        ...rest,
        n,
        commandIdentity: 'key',
        name: randomUUID(),
        price: 0.2,
        size: sizeOf(n),
      } as const;
      return { planned, account, tries: 0, end: { state: 'open' }, ids: new Set(), fees: [] };
    });
}

/** Nobody else can settle what was sent with such a credential. */
async function queryWithOwnCredential(
  { url }: ClientContext,
  { mode, venue, headers }: ChaosAccount,
): Promise<void> {
  if (mode !== 'request') return;
  const response = await fetch(`${url}/api/v1/orders?exchange=${venue}&limit=1`, { headers });
  await response.body?.cancel();
}

async function advance({ file }: OwnProgram, ms: number): Promise<void> {
  const response = await fetch(`${file.url}/__test/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${file.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'advance', ms }),
  });
  if (!response.ok) throw new Error(`the clock was not moved: ${await response.text()}`);
  await response.body?.cancel();
}

/** Says commands that were acknowledged once more. Returns those that are not answered with the same order. */
export async function replayAcknowledged(
  street: ClientContext,
  said: readonly SentCommand[],
  until: number,
): Promise<readonly string[]> {
  const done = said.filter((one) => canRetryLater(one) && one.end.state === 'acknowledged');
  const step = Math.max(1, Math.floor(done.length / REPLAYED));
  const again = done.filter((_, index) => index % step === 0);
  await mapConcurrently(again, CONCURRENCY, (one) => {
    one.end = { state: 'open' };
    return sendCommand(street, one, until, Infinity);
  });
  return again
    .filter(
      ({ end, target, ids }) => end.state !== 'acknowledged' || (target === undefined && ids.size !== 1),
    )
    .map(({ planned }) => `#${planned.n} said again is not the order that it was`);
}
