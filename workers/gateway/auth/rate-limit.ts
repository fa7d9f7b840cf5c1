import { rateGate } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError, type FailureInfo } from '../../../shared/errors/failure.ts';
import { retryAfterSeconds } from '../../../shared/limits/rate-limit-headers.ts';
import { publicRules } from '../../../shared/limits/tiers.ts';
import type { WindowRule, WindowState } from '../../../shared/limits/sliding-window.ts';
import type { Env } from '../env.ts';

/** One count of a scope, allowed or not; undefined when the limiter itself fails. */
export async function countRequestIn(
  env: Env,
  scope: string,
  rules: readonly WindowRule[],
): Promise<WindowState | undefined> {
  try {
    return await rateGate(env, scope).take(rules);
  } catch {
    return undefined;
  }
}

/** The same, where too many are refused: throws RATE_LIMIT_EXCEEDED. */
export async function countIn(
  env: Env,
  scope: string,
  rules: readonly WindowRule[],
): Promise<WindowState | undefined> {
  const state = await countRequestIn(env, scope, rules);
  if (state?.allowed === false) throw tooMany(state);
  return state;
}

/** Counts a caller on its address: `ip:` for public routes, `l1:` for sign-in, which is dearer. */
export async function countAddress(env: Env, scope: `ip:${string}` | `l1:${string}`): Promise<void> {
  if (!(await countIn(env, scope, publicRules))) throw admissionUnavailable();
}

/** What a request is refused with while the object that would admit it fails. */
export const admissionUnavailable = (): RequestError =>
  new RequestError('VENUE_UNAVAILABLE', { message: 'Admission is unavailable', retryAfter: 1 });

/** `info`: whose limit it is, where a surface shows that. */
export const tooMany = (
  { retryAfterMs }: WindowState,
  info: Pick<FailureInfo, 'tier' | 'limitQps'> = {},
): RequestError =>
  new RequestError('RATE_LIMIT_EXCEEDED', { ...info, retryAfter: retryAfterSeconds(retryAfterMs) });
