import type { SessionRef } from '../trading-account/allocations/session-parts.ts';
import type { SessionCaller, SessionRecord } from './model.ts';

/** A session as its account is asked about it. */
export const refToAccount = (
  { id, venue, account, tenant }: SessionRecord,
  { keyId, requestId }: SessionCaller,
): SessionRef => ({ session: id, venue, caller: { tenant, account, keyId, requestId } });
