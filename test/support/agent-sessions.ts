import { env } from 'cloudflare:workers';
import { agentSession, type Remote } from '../../durable-objects/rpc/stubs.ts';
import type { AgentSessionApi } from '../../durable-objects/agent-session/api.ts';
import type { SessionCaller, SessionMode, SessionVenue } from '../../shared/agents/session-model.ts';
import type { Micro } from '../../shared/money/fixed.ts';

/** A session of an account of a test's own, which has the whole starting balance of a paper account. */
export interface TestSession {
  readonly id: number;
  readonly account: string;
  readonly caller: SessionCaller;
  /** The session's object, also after it was evicted. */
  readonly remote: () => Remote<AgentSessionApi>;
}

let last = 0;

interface Wanted {
  readonly mode?: SessionMode;
  readonly venue?: SessionVenue;
  /** Of a paper account of the test's own. */
  readonly wallet?: string;
  readonly tenant?: string;
  readonly account?: string;
}

/** Opens and starts a session, on paper unless told otherwise; of the same wallet as others where that is named. */
export async function openSession(
  allocation: Micro,
  {
    mode = 'auto',
    venue = 'paper',
    wallet = crypto.randomUUID(),
    tenant = `tnt_${wallet}`,
    account = `acct_tnt_${wallet}`,
  }: Wanted = {},
): Promise<TestSession> {
  last += 1;
  const id = last;
  const caller = {
    tenant,
    account,
    keyId: `key_${id}`,
    requestId: crypto.randomUUID(),
    mayTrade: true,
    maxWrites: 50,
  };
  const record = {
    id,
    tenant,
    account,
    mode,
    venue,
    allocation,
    run: 1,
    status: 'created',
  } as const;
  const remote = (): Remote<AgentSessionApi> => agentSession(env, tenant, id);
  const opened = await remote().open({ ...record, createdAt: Date.now() }, caller);
  if (!opened.ok) throw new Error(`the session was not opened: ${opened.reason}`);
  await remote().change('start', caller);
  return { id, account, caller, remote };
}
