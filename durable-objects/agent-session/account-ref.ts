import type { SessionCaller, SessionRecord } from '../../shared/agents/session-model.ts';
import type { SessionRef } from '../trading-account/api.ts';

/** A session as its account is asked about it. */
export const refToAccount = (
  { id, venue, account, tenant }: SessionRecord,
  { keyId, requestId }: SessionCaller,
): SessionRef => ({ session: id, venue, caller: { tenant, account, keyId, requestId } });
