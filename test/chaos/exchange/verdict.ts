import type { ReceivedEvent } from './received-events.ts';
import type { Ledger } from './ledger.ts';
import type { SentCommand } from './commands.ts';
import type { ExchangeState } from './stage.ts';

/** So many of a client's violations are told: one that lost its place has thousands. */
export const MOST_TOLD = 5;

/**
 * Whether a client was told every execution exactly once, in order, and every snapshot as it was then. A client that
 * resumes has one unbroken story; one that cannot has one for each connection, and each begins no earlier than the one
 * before has ended.
 */
export function judgeOrders(
  name: string,
  heard: readonly ReceivedEvent[],
  ledger: Ledger,
): readonly string[] {
  const found: string[] = [];
  const say = (text: string): void => void found.push(`${name}: ${text}`);
  /** Executions that it has been told of, or that its snapshot holds. */
  let place = 0;
  let seq: number | undefined;
  let isGap = false;
  let isNew = true;
  for (const [at, one] of heard.entries()) {
    if (found.length >= MOST_TOLD) break;
    if (one.kind === 'begin') {
      isNew = true;
      isGap = false;
      continue;
    }
    if (one.seq !== undefined) {
      if (seq !== undefined && one.seq !== seq + 1) say(`number ${one.seq} after ${seq} (${one.kind})`);
      seq = one.seq;
    }
    if (one.kind === 'gap') {
      isGap = true;
      continue;
    }
    if (one.kind === 'snapshot') {
      if (!isNew && !isGap) say(`a snapshot without a gap before it, at ${place}`);
      if (isNew) {
        const stands = standsAt(heard, at, ledger) ?? ledger.whenOpen(one.orders, place);
        if (stands === undefined) say(`a snapshot that was never true from ${place} on`);
        else if (stands < place) say(`begins at ${stands}, before ${place}`);
        place = stands ?? place;
      }
    } else if (isNew || isGap) say(`an update before the snapshot, at ${place}`);
    for (const id of one.executions) {
      if (id !== ledger.ids[place])
        say(`${id} (the exchange's ${ledger.before(id)}) where ${ledger.ids[place]} (${place}) was due`);
      place += 1;
    }
    if (one.kind === 'snapshot') {
      if (!ledger.wereOpen(one.orders, place)) say(`a snapshot of other orders than were open at ${place}`);
      isGap = false;
      isNew = false;
    }
  }
  // A place that cannot be known exactly, after a snapshot that nothing followed, was the earliest possible.
  const last = heard.at(-1);
  const isSure = last?.kind !== 'snapshot' || last.executions.length > 0;
  if (found.length === 0 && place !== ledger.length && isSure)
    say(`heard ${place} of ${ledger.length} executions`);
  return found;
}

/** Where a story begins: before the first execution that is told in it. */
function standsAt(heard: readonly ReceivedEvent[], from: number, ledger: Ledger): number | undefined {
  for (const one of heard.slice(from)) {
    if (one.kind === 'begin') return undefined;
    const [first] = one.kind === 'gap' ? [] : one.executions;
    if (first !== undefined) return ledger.before(first);
  }
  return undefined;
}

/** Whether each command was done once, and nothing else was. */
export function judgeCommands(said: readonly SentCommand[], state: ExchangeState): readonly string[] {
  const found: string[] = [];
  const orders = new Map(state.orders.map((order) => [order.id, order]));
  const named = ordersByName(state);
  for (const command of said) {
    const { rpc, name, end, orderId, told, tries } = command;
    const is = `${rpc} ${name} (${tries} tries)`;
    if (end === 'open') found.push(`${is} was never answered for certain: ${told}`);
    if (end === 'refused') found.push(`${is} failed: ${told}`);
    const order = orders.get(orderId ?? '');
    if (rpc === 'cancel_order') {
      if (end === 'done' && order?.state !== 'ORDER_STATE_CANCELED')
        found.push(`${is} left its order ${order?.state ?? 'open'}`);
      continue;
    }
    const stands = named.get(name) ?? new Set();
    named.delete(name);
    if (stands.size !== 1) found.push(`${is} stands ${stands.size} times`);
    if (end === 'done' && !stands.has(orderId ?? '')) found.push(`${is} was told the id of another order`);
  }
  for (const clord of named.keys())
    if (!clord.startsWith(GENERATED)) found.push(`order ${clord} was placed by nobody`);
  return found;
}

/** The emulator's own trades. */
const GENERATED = 'generated-';

/** Every name that an order ever had: a replacement gives it another. */
function ordersByName({ orders, executions }: ExchangeState): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const { id, clord_id } of [...orders, ...executions.map(({ order }) => order)])
    named.set(clord_id, (named.get(clord_id) ?? new Set()).add(id));
  return named;
}
