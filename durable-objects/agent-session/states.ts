import { failure, type Failure } from '../../shared/errors/failure.ts';
import type { SessionCaller, SessionRecord } from '../../shared/agents/session-model.ts';

export type SessionVerb = 'start' | 'pause' | 'stop';

export const statusAfter = { start: 'running', pause: 'paused', stop: 'stopped' } as const;

/** Why a session cannot go there. Where it is already, it may go again. */
export function refusedChange(verb: SessionVerb, { status }: SessionRecord): Failure | undefined {
  if (verb === 'stop') return undefined;
  if (status === 'stopped')
    return failure('SESSION_STATE_CONFLICT', { message: 'The session has been stopped' });
  if (verb === 'pause' && status === 'created') {
    return failure('SESSION_STATE_CONFLICT', { message: 'The session has not been started' });
  }
  return undefined;
}

export const refusedUnlessRunning = ({ status }: SessionRecord): Failure | undefined =>
  status === 'running'
    ? undefined
    : failure('SESSION_STATE_CONFLICT', { message: `The session is ${status}: only a running one trades` });

/** In manual mode an agent only suggests, and a key that can only read is enough for that. */
export function refusedAgent({ mode }: SessionRecord, { mayTrade }: SessionCaller): Failure | undefined {
  if (mode === 'manual' || mayTrade) return undefined;
  return failure('INSUFFICIENT_PERMISSION', { message: 'API key missing required permission: trade' });
}
