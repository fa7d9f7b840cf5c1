import type { Caller } from '../http/route.ts';
import type { Actor } from '../../../durable-objects/tenant/api.ts';

/** Who asks for a change, as the audit log names it. */
export const actorOf = (caller: Caller, requestId: string): Actor => ({
  id: caller.principal?.key ?? 'jwt',
  requestId,
});
