import { runInDurableObject } from 'cloudflare:test';

/** An object of ours that has an alarm. */
type Ringing = Rpc.DurableObjectBranded & { alarm(): Promise<void> };

/** Runs an object's alarm, whether one is set or not: its own may have rung a moment ago on a slow machine. */
export const ring = (stub: DurableObjectStub<Ringing>): Promise<void> =>
  runInDurableObject(stub, (instance) => instance.alarm());

/** Takes a set alarm away, so that it rings only when the test says so. */
export const hush = (stub: DurableObjectStub<Ringing>): Promise<void> =>
  runInDurableObject(stub, (_, state) => state.storage.deleteAlarm());
