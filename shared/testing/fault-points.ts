/**
 * The lines between which a command can die (docs/consistency.md has a row for each). The part before the first
 * `/` is the process or object that is there, the second what it is doing.
 */
export const faultPoints = [
  'gateway/request/received',
  'gateway/request/admitted',
  'gateway/request/handled',
  'account/place/asked',
  'account/place/quoted',
  'account/place/order-written',
  'account/place/money-moved',
  'account/place/journal-written',
  'account/place/committed',
  'account/place/alarm-set',
  'account/cancel/orders-ended',
  'account/cancel/committed',
  'account/reset/orders-ended',
  'account/reset/positions-removed',
  'account/reset/committed',
  'account/attempt/committed',
  'account/redeem/money-credited',
  'account/redeem/position-paid',
  'account/redeem/committed',
  'account/allocation/paid',
  'account/match/quoted',
  'account/match/order-filled',
  'account/match/committed',
  'account/settle/market-noted',
  'account/settle/committed',
  'account/switch/disarmed',
  'account/switch/committed',
  'account/sweep/due',
  'account/sweep/swept',
  'account/live/admitted',
  'account/live/prepared',
  'account/live/sent-written',
  'account/live/sent-durable',
  'account/live/answered',
  'account/live/outcome-written',
  'account/live/reconciled',
  'account/escrow/transfer-written',
  'account/escrow/pull-sent',
  'account/escrow/fee-held',
  'account/escrow/distribution-sent',
  'account/escrow/tended',
  'account/exchange/admitted',
  'account/exchange/sent-durable',
  'account/exchange/answered',
  'account/exchange/outcome-written',
  'account/ctf/written',
  'account/ctf/sent',
  'session/open/recorded',
  'session/stop/recorded',
  'session/attempt/written',
  'session/attempt/answered',
  'session/suggestion/executing',
  'session/suggestion/answered',
  'connector/orders/recovered',
  'connector/item/applied',
  'connector/item/committed',
  'tenant/key/gate-written',
  'tenant/key/row-written',
  'tenant/wallet/account-opened',
  'tenant/wallet/row-written',
  'tenant/partner-account/row-written',
  'tenant/partner-account/opened',
  'tenant/partner-account/ended',
  'tenant/link/recorded',
  'tenant/link/mailed',
  'tenant/claim/name-claimed',
  'tenant/claim/tenant-created',
] as const;
export type FaultPoint = (typeof faultPoints)[number];

/** `throw`: fails there. `hang`: stops there until released, or until the process is killed. */
export const faultKinds = ['throw', 'hang'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A forgotten hang ends by itself: longer than any test waits. */
const HANG_MS = 120_000;
const LOOK_EVERY_MS = 10;
/** Turns of the loop that stops a whole process: at a few ns each, about as long as HANG_MS. */
const FREEZE_TURNS = 2e10;

const armed = new Map<FaultPoint, FaultKind[]>();
/** Grows when everything that hangs is to go on. */
let releases = 0;

/** Makes the next arrival at a point fail or hang; armed twice, the next two. Only the instrumented build can. */
export function armFault(point: FaultPoint, kind: FaultKind): void {
  armed.set(point, [...(armed.get(point) ?? []), kind]);
}

/** Disarms every point and lets go on what hangs. */
export function releaseFaults(): void {
  armed.clear();
  releases += 1;
}

/**
 * A point inside synchronous code, where nothing can wait: `hang` stops the whole process, and only killing it
 * ends that. Compiles to nothing in production.
 */
export function reach(point: FaultPoint): void {
  // As a block: an expression would leave a remainder behind, and with it every call.
  if (INSTRUMENTED) {
    if (take(point) === 'hang') freeze();
  }
}

/** A point where waiting is possible. Calls stand behind `if (INSTRUMENTED)`: production must not await. */
export async function pauseAt(point: FaultPoint): Promise<void> {
  if (take(point) !== 'hang') return;
  const mine = releases;
  for (let waited = 0; waited < HANG_MS && mine === releases; waited += LOOK_EVERY_MS)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}

/** The line of the log that says where a process has stopped: tests wait for it. */
export const reachedLine = (point: FaultPoint): string =>
  JSON.stringify({ level: 'info', event: 'fault_point', point });

function take(point: FaultPoint): FaultKind | undefined {
  const [kind, ...rest] = armed.get(point) ?? [];
  if (kind === undefined) return undefined;
  armed.set(point, rest);
  console.log(reachedLine(point));
  if (kind === 'throw') throw new Error(`fault point ${point}`);
  return kind;
}

function freeze(): void {
  // The clock of a Worker stands still while it computes, so turns are counted.
  for (let turn = 0; turn < FREEZE_TURNS; turn += 1) Math.random();
}
