import { type Failure, failure } from '../errors/failure.ts';

/** What a call of the account is that broke off: it may have died before its transaction or after it. */
export function interrupted(error: unknown): Failure {
  const message = String(error).slice(0, 300);
  console.error(JSON.stringify({ level: 'error', event: 'session_outcome_unknown', message }));
  return failure('PERSISTENCE_UNKNOWN', {
    message: 'The outcome is not known yet: look at the session before you try again',
  });
}
