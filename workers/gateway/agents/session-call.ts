import { SESSION_NUMBER } from '../../../shared/agents/session-model.ts';
import type { AgentSessionApi, SessionCaller } from '../../../durable-objects/agent-session/api.ts';
import { interrupted } from '../../../shared/agents/interrupted-command.ts';
import { agentSession, type Remote } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { tiers } from '../../../shared/limits/tiers.ts';
import type { VenueResult } from '../../../shared/venues/port.ts';
import { toV1Failure } from '../trading/submit-live.ts';
import { principalOf } from '../context/caller.ts';
import { headerOf, sessionHeader } from '../http/request-headers.ts';
import type { Call } from '../http/route.ts';

type AnyCall = Call<unknown, unknown, unknown>;

/** A session as a request reaches it, and who asks. */
export interface SessionCall {
  readonly session: Remote<AgentSessionApi>;
  readonly caller: SessionCaller;
}

/** Who asks, as sessions see it. */
export function sessionCaller(call: AnyCall): SessionCaller {
  const { tenant, account, key, permissions, tier, builder } = principalOf(call.caller);
  return {
    tenant,
    account,
    keyId: key,
    requestId: call.requestId,
    mayTrade: permissions.includes('trade'),
    maxWrites: tiers[tier].tradeWritesInFlight,
    ...(builder && { builder }),
  };
}

/** The session that a path names, of the caller's tenant. It knows itself whether it is the caller's. */
export function sessionNamed(call: AnyCall, id: string): SessionCall {
  if (!SESSION_NUMBER.test(id)) throw new RequestError('SESSION_NOT_FOUND');
  const caller = sessionCaller(call);
  return { session: agentSession(call.env, caller.tenant, Number(id)), caller };
}

/** The session of `X-Session-Id`, which every call of an agent has. */
export function sessionOf(call: AnyCall): SessionCall {
  const id = headerOf(call, sessionHeader);
  if (id === undefined) throw new RequestError('MISSING_PARAMETER', { message: 'Send X-Session-Id' });
  return sessionNamed(call, id);
}

/** The value of a session's answer. Throws its refusal in the words of the catalogue. */
export async function valueOrThrow<T>(answer: Promise<VenueResult<T>>): Promise<T> {
  const result = await answer;
  if (result.ok) return result.value;
  throw new RequestError(toV1Failure(result));
}

/** The same of what changes something: a call that broke off may have done so. */
export const commandValueOrThrow = <T>(answer: Promise<VenueResult<T>>): Promise<T> =>
  valueOrThrow(answer.catch(interrupted));
