import type { Actor } from '../../../durable-objects/tenant/tenant.ts';
import type { Caller } from './route.ts';

/** Who asks for a change, as the audit log names it. */
export const actorOf = (caller: Caller, requestId: string): Actor => ({
  id: caller.principal?.key ?? 'jwt',
  requestId,
});
