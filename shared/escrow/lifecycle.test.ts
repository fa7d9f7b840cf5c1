import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignedTransaction } from '../chain/port.ts';
import { asMicro, type Micro } from '../money/fixed.ts';
import { applyEscrowEvent, type EscrowEvent } from './apply-event.ts';
import { nextAction, PENDING_FOR_MS, STUCK_AFTER_MS } from './next-action.ts';
import { held, openEscrow, stateOf, type EscrowRecord } from './record.ts';

const START = 1_790_000_000_000;
const tx: SignedTransaction = { hash: '0x01', raw: '0x02', from: '0x03', nonce: 0 };
const fresh = (fee: bigint, size: bigint): EscrowRecord =>
  openEscrow({ orderId: '0x0a', payer: '0x0b', fee: asMicro(fee), size: asMicro(size) });

function after(record: EscrowRecord, ...events: readonly EscrowEvent[]): EscrowRecord {
  return events.reduce((current, event) => {
    const next = applyEscrowEvent(current, event);
    if (!next.ok) throw new Error(`${event.kind}: ${next.reason}`);
    return next.record;
  }, record);
}
const sending = (transfer: 'pull' | 'distribute' | 'refund', amount: bigint, at = START): EscrowEvent => ({
  kind: 'sending',
  transfer,
  amount: asMicro(amount),
  transaction: tx,
  at,
});
const confirmed: EscrowEvent = { kind: 'confirmed', at: START };
const filled = (total: bigint): EscrowEvent => ({ kind: 'filled', total: asMicro(total) });

/** 125,000 micro-USD pulled for 100 shares. */
const pulled = after(fresh(125_000n, 100_000_000n), sending('pull', 125_000n), confirmed);
const live = after(pulled, { kind: 'submitted' });

/** Does what is asked, each transfer confirmed at once, until nothing is left to do now. */
function run(record: EscrowRecord, now: number): EscrowRecord {
  let current = record;
  for (let steps = 0; steps < 10; steps += 1) {
    const action = nextAction(current, now);
    if (action.do !== 'distribute' && action.do !== 'refund') return current;
    current = after(current, sending(action.do, action.amount, now), { kind: 'confirmed', at: now });
  }
  throw new Error('never comes to rest');
}
const amounts = ({ distributed, refunded }: EscrowRecord): readonly Micro[] => [distributed, refunded];

describe('where a fee goes', () => {
  test('60 of 100 filled, then cancelled: 60 % is distributed and 40 % refunded, at once', () => {
    const filling = run(after(live, filled(60_000_000n)), START);
    expect(amounts(filling)).toEqual([75_000n, 0n]);
    expect(stateOf(filling)).toBe('pulled');
    const ended = run(after(filling, { kind: 'ended' }), START);
    expect(amounts(ended)).toEqual([75_000n, 50_000n]);
    expect(stateOf(ended)).toBe('divided');
    expect(nextAction(ended, START)).toEqual({ do: 'nothing' });
  });

  test('a whole fill is distributed whole; a submit that fails refunds whole, at once', () => {
    const all = run(after(live, filled(100_000_000n), { kind: 'ended' }), START);
    expect([stateOf(all), ...amounts(all)]).toEqual(['distributed', 125_000n, 0n]);
    const none = run(after(pulled, { kind: 'ended' }), START);
    expect([stateOf(none), ...amounts(none)]).toEqual(['refunded', 0n, 125_000n]);
  });

  test('what a part leaves as a fraction goes to the payer', () => {
    const record = after(fresh(100n, 3n), sending('pull', 100n), confirmed, { kind: 'submitted' });
    const third = run(after(record, filled(1n)), START);
    expect(amounts(third)).toEqual([33n, 0n]);
    expect(amounts(run(after(third, filled(2n), { kind: 'ended' }), START))).toEqual([66n, 34n]);
    expect(amounts(run(after(third, filled(3n), { kind: 'ended' }), START))).toEqual([100n, 0n]);
  });

  test('both due: the payer comes first, and one that fails does not hold the other up', () => {
    const both = after(live, filled(60_000_000n), { kind: 'ended' });
    expect(nextAction(both, START)).toMatchObject({ do: 'refund', amount: 50_000n });
    const once = after(both, sending('refund', 50_000n), { kind: 'failed', at: START });
    expect(nextAction(once, START)).toEqual({ do: 'wait', until: START + 5_000 });
    expect(nextAction(once, START + 5_000)).toMatchObject({ do: 'distribute', amount: 75_000n });
  });
});

describe('what time does', () => {
  test('an order that the venue never named is refunded after 10 minutes, not before', () => {
    const due = START + STUCK_AFTER_MS;
    expect(STUCK_AFTER_MS).toBe(600_000);
    expect(nextAction(pulled, due - 1)).toEqual({ do: 'wait', until: due });
    expect(nextAction(pulled, due)).toMatchObject({
      do: 'refund',
      amount: 125_000n,
      cause: 'never_submitted',
    });
  });

  test('what is unearned after 24 hours is refunded though the order rests; a later fill earns nothing', () => {
    const due = START + PENDING_FOR_MS;
    expect(PENDING_FOR_MS).toBe(86_400_000);
    const part = run(after(live, filled(60_000_000n)), START);
    expect(nextAction(part, due - 1)).toEqual({ do: 'wait', until: due });
    expect(nextAction(part, due)).toMatchObject({ amount: 50_000n, cause: 'pending_too_long' });
    const late = run(after(run(part, due), filled(100_000_000n)), due);
    expect(amounts(late)).toEqual([75_000n, 50_000n]);
  });

  test('failures are retried later and later, up to every 10 minutes', () => {
    let record = after(pulled, { kind: 'ended' });
    const waits: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      record = after(record, sending('refund', 125_000n), { kind: 'failed', at: START });
      const action = nextAction(record, START);
      waits.push(action.do === 'wait' ? action.until - START : -1);
    }
    expect(waits.slice(0, 3)).toEqual([5_000, 10_000, 20_000]);
    expect(waits.at(-1)).toBe(600_000);
  });
});

describe('what is refused', () => {
  test('one transfer at a time, never more than is held, never a second pull', () => {
    const flying = after(live, filled(60_000_000n), sending('distribute', 75_000n));
    expect(nextAction(flying, START)).toEqual({ do: 'settle', transaction: tx });
    expect(applyEscrowEvent(flying, sending('refund', 1n))).toEqual({ ok: false, reason: 'IN_FLIGHT' });
    expect(applyEscrowEvent(live, sending('refund', 125_001n))).toEqual({ ok: false, reason: 'TOO_MUCH' });
    expect(applyEscrowEvent(live, sending('pull', 125_000n))).toEqual({
      ok: false,
      reason: 'ALREADY_PULLED',
    });
    expect(applyEscrowEvent(live, confirmed)).toEqual({ ok: false, reason: 'NOTHING_IN_FLIGHT' });
  });

  test('nobody is sent what belongs to the other, though it is held', () => {
    const both = after(live, filled(60_000_000n), { kind: 'ended' });
    for (const event of [sending('distribute', 75_001n), sending('refund', 50_001n)])
      expect(applyEscrowEvent(both, event)).toEqual({ ok: false, reason: 'TOO_MUCH' });
  });

  test('a pull that came to nothing ends the escrow; if the contract knows better, the money goes back', () => {
    const lost = after(fresh(5n, 5n), sending('pull', 5n), { kind: 'failed', at: START });
    expect(stateOf(lost)).toBe('void');
    expect(nextAction(lost, START)).toEqual({ do: 'nothing' });
    expect(applyEscrowEvent(lost, sending('pull', 5n))).toEqual({ ok: false, reason: 'VOID' });
    const totals = { pulled: asMicro(5n), distributed: asMicro(0n), refunded: asMicro(0n) };
    const found = after(lost, { kind: 'ended' }, { kind: 'observed', ...totals, at: START });
    expect(nextAction(found, START)).toMatchObject({ do: 'refund', amount: 5n });
  });

  test("the contract's totals settle a transfer in doubt, and never run backwards", () => {
    const doubt = after(live, filled(60_000_000n), sending('distribute', 75_000n));
    const at = (distributed: bigint): EscrowEvent => ({
      kind: 'observed',
      pulled: asMicro(125_000n),
      distributed: asMicro(distributed),
      refunded: asMicro(0n),
      at: START,
    });
    const settled = after(doubt, at(75_000n));
    expect(settled.transfer).toBeUndefined();
    expect(after(doubt, at(0n)).transfer).toBeDefined();
    expect(applyEscrowEvent(settled, at(0n))).toEqual({ ok: false, reason: 'CONTRADICTION' });
    expect(applyEscrowEvent(doubt, at(125_001n))).toEqual({ ok: false, reason: 'CONTRADICTION' });
  });
});

/** A world of fills, cancels, time and a chain that may fail each transfer. */
const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('filled' as const), total: fc.bigInt(0n, 2_000n) }),
    fc.record({ kind: fc.constantFrom('submitted' as const, 'ended' as const) }),
    fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 30 * 3_600_000 }) }),
    fc.record({ kind: fc.constant('act' as const), lands: fc.boolean(), told: fc.boolean() }),
  ),
  { maxLength: 40 },
);

test('pulled = distributed + refunded + held, whatever fills, ends, fails and is forgotten', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10_000n), fc.bigInt(1n, 1_500n), happenings, (fee, size, steps) => {
      /** What the contract holds: the only thing that a lost reply cannot change. */
      const chain = { pulled: fee, distributed: 0n, refunded: 0n };
      let record = after(fresh(fee, size), sending('pull', fee), confirmed);
      let now = START;
      const check = (): void => {
        expect(record.pulled).toBe(record.distributed + record.refunded + held(record));
        expect(held(record) >= 0n).toBe(true);
        expect(chain.distributed + chain.refunded <= fee).toBe(true);
      };
      const act = (lands: boolean, told: boolean): void => {
        const action = nextAction(record, now);
        if (action.do !== 'distribute' && action.do !== 'refund') return;
        record = after(record, sending(action.do, action.amount, now));
        if (lands) chain[action.do === 'refund' ? 'refunded' : 'distributed'] += action.amount;
        const at = now;
        // Told: the receipt came. Otherwise the reply was lost and the contract is asked; what it does not show is lost.
        if (told) record = after(record, { kind: lands ? 'confirmed' : 'failed', at });
        else {
          const totals = {
            pulled: asMicro(chain.pulled),
            distributed: asMicro(chain.distributed),
            refunded: asMicro(chain.refunded),
          };
          record = after(record, { kind: 'observed', ...totals, at });
          if (record.transfer !== undefined) record = after(record, { kind: 'failed', at });
        }
      };
      for (const step of steps) {
        if (step.kind === 'time') now += step.ms;
        else if (step.kind === 'act') act(step.lands, step.told);
        else if (step.kind === 'filled') record = after(record, filled(step.total));
        else record = after(record, { kind: step.kind });
        check();
      }
      // Whatever happened, the end of the order and a working chain bring everything to its owner.
      record = after(record, { kind: 'ended' });
      now += PENDING_FOR_MS;
      for (let round = 0; round < 4; round += 1) act(true, true);
      check();
      expect(held(record)).toBe(0n);
      expect(nextAction(record, now)).toEqual({ do: 'nothing' });
      expect([record.distributed, record.refunded]).toEqual([chain.distributed, chain.refunded]);
      const share = (fee * record.filled) / size;
      expect(record.distributed <= share).toBe(true);
    }),
    { numRuns: 300 },
  );
});
