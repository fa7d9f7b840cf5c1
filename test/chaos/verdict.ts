import { canRetryLater } from './send-command.ts';
import type { SentCommand } from './sent-command.ts';
import type { VenueOrderState } from './venue-orders.ts';
import { isUnfinished, type JournalRow } from './journals.ts';

/** What must hold after a storm, and what does not. */
export interface Verdict {
  readonly violations: readonly string[];
  /** Orders that a caller was told of, and orders that only the journal found at the venue. */
  readonly acknowledged: number;
  readonly reconciled: number;
}

const describe = ({ planned, account, target, tries, end }: SentCommand): string => {
  const what = target === undefined ? `place ${planned.size} at ${planned.price}` : `cancel ${target}`;
  const how = end.state === 'refused' ? `refused: ${end.reason}` : end.state;
  return `#${planned.n} ${account.venue}/${account.mode} ${planned.commandIdentity} ${what}, said ${tries} times, ${how}`;
};

/**
 * The guarantees: orders at the venues are those that were acknowledged and those that reconciliation found, none
 * twice, none acknowledged but absent; a cancel that was acknowledged is one; the journal knows all and waits for none.
 */
export function judge(
  said: readonly SentCommand[],
  standing: readonly VenueOrderState[],
  journal: readonly JournalRow[],
): Verdict {
  const violations: string[] = [];
  const fail = (what: string): void => void violations.push(what);
  const byId = new Map(standing.map((order) => [`${order.book} ${order.id}`, order]));
  const known = new Set<string>();
  let acknowledged = 0;
  let reconciled = 0;

  for (const one of said) {
    const { account, end, ids, target } = one;
    if (end.state === 'refused') fail(`a sound command was refused: ${describe(one)}`);
    if (canRetryLater(one) && end.state !== 'acknowledged') fail(`never became certain: ${describe(one)}`);
    if (ids.size > 1) fail(`replies name ${[...ids].join(' and ')}: ${describe(one)}`);
    if (target !== undefined) {
      const order = byId.get(`${account.book} ${target}`);
      if (end.state === 'acknowledged' && order?.status !== 'cancelled')
        fail(`an acknowledged cancel is not done (${order?.status ?? 'absent'}): ${describe(one)}`);
      continue;
    }
    const orders = standing.filter(({ book, size }) => book === account.book && size === one.planned.size);
    for (const order of orders) known.add(`${order.book} ${order.id}`);
    if (orders.length > 1) fail(`${orders.length} orders stand: ${describe(one)}`);
    if (ids.size > 0) {
      acknowledged += 1;
      for (const id of ids) {
        if (!byId.has(`${account.book} ${id}`)) fail(`acknowledged as ${id} but absent: ${describe(one)}`);
      }
    } else {
      reconciled += orders.length;
      if (end.state === 'refused' && orders.length > 0) fail(`refused but standing: ${describe(one)}`);
    }
  }

  const cancelled = new Set(said.map(({ account, target }) => `${account.book} ${target}`));
  for (const [name, { status, size }] of byId) {
    if (!known.has(name)) fail(`nobody placed ${name}, of ${size}`);
    if (status === 'cancelled' && !cancelled.has(name)) fail(`nobody cancelled ${name}`);
  }
  judgeJournal(byId, journal, fail);
  return { violations, acknowledged, reconciled };
}

/** Each order at a live venue has one row that is done, and each such row its order. */
function judgeJournal(
  byId: ReadonlyMap<string, VenueOrderState>,
  journal: readonly JournalRow[],
  fail: (what: string) => void,
): void {
  const rows = new Map<string, number>();
  for (const row of journal) {
    const words = `row ${row.id} of ${row.account} (${row.venue}, ${row.kind})`;
    if (isUnfinished(row)) fail(`${words} is still ${row.state} after ${row.tries} looks`);
    if (row.state !== 'done' || row.kind !== 'place') continue;
    const name = `${row.venue} ${row.order_id}`;
    rows.set(name, (rows.get(name) ?? 0) + 1);
    if (!byId.has(name)) fail(`${words} is done as ${row.order_id}, which the venue does not have`);
  }
  for (const [name, { book }] of byId) {
    if (book.startsWith('paper/')) continue;
    const count = rows.get(name) ?? 0;
    if (count !== 1) fail(`${name} stands, and ${count} commands of the journal say that they placed it`);
  }
}
