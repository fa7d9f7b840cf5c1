import { runInDurableObject } from 'cloudflare:test';
import type { TradingAccount } from '../../durable-objects/trading-account/trading-account.ts';

/** Runs an account's alarm, whether one is set or not: its own may have rung a moment ago on a slow machine. */
export const fireAlarm = (stub: DurableObjectStub<TradingAccount>): Promise<void> =>
  runInDurableObject(stub, (instance) => instance.alarm());

/** Takes a set alarm away, so that it rings only when the test says so. */
export const clearAlarm = (stub: DurableObjectStub<TradingAccount>): Promise<void> =>
  runInDurableObject(stub, (_, state) => state.storage.deleteAlarm());
