import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { micro } from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';
import { Ledger } from './ledger.ts';
import type { Position } from './model.ts';

const position: Position = {
  token: '1',
  market: '0x1',
  outcome: 'Yes',
  shares: micro('10'),
  reserved: micro('0'),
  cost: micro('4'),
  realised: micro('0'),
  settled: null,
};

/** What a rule with a fault in it would do. */
const faults: Readonly<Record<string, (ledger: Ledger) => void>> = {
  'cash out of nothing': (ledger) => {
    const money = ledger.requireMoney();
    ledger.setMoney({ ...money, cash: micro('20000') });
  },
  'a position that nobody paid for': (ledger) => ledger.setPosition(position),
  'positions removed with what they cost': (ledger) => {
    const { deposits: cash, ...money } = ledger.requireMoney();
    ledger.setMoney({ ...money, cash: micro('9996'), deposits: cash });
    ledger.setPosition(position);
    ledger.removePositions();
  },
};

test.each(Object.entries(faults))('%s is undone before it is written', async (_, fault) => {
  const name = `ledger-${crypto.randomUUID()}`;
  const before = await accountObject(env, name).money();
  await runInDurableObject(env.TRADING_ACCOUNT.getByName(name), (_object, state) => {
    const ledger = new Ledger(state.storage);
    expect(() => ledger.transaction(() => fault(ledger))).toThrow('out of balance');
    expect(ledger.requireMoney()).toEqual(before);
    expect(new Ledger(state.storage).requireMoney()).toEqual(before);
    expect(ledger.position('1')).toBeUndefined();
  });
});

test('a change that pays for what it brings is written', async () => {
  const name = `ledger-${crypto.randomUUID()}`;
  await accountObject(env, name).money();
  await runInDurableObject(env.TRADING_ACCOUNT.getByName(name), (_object, state) => {
    const ledger = new Ledger(state.storage);
    const money = ledger.requireMoney();
    ledger.transaction(() => {
      ledger.setMoney({ ...money, cash: micro('9996') });
      ledger.setPosition(position);
    });
    expect(new Ledger(state.storage).position('1')).toEqual(position);
  });
});
