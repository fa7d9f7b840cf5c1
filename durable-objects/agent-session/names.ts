import type { SessionRecord } from '../../shared/agents/session-model.ts';

/**
 * What the account knows a session's commands by. The quote sets them apart from every `Idempotency-Key`, which has
 * none; the agent's own key comes last, so that whatever it is, no two commands share a name.
 */
const nameOf = ({ id }: SessionRecord, what: string, key: string): string => `"agent/${id}/${what}/${key}`;

/** Of an attempt in a run. */
export const attemptScope =
  (session: SessionRecord, key: string): NameScope =>
  (what) =>
    nameOf(session, `run ${session.run}/${what}`, key);

/** Of a suggestion that is approved. */
export const suggestionScope =
  (session: SessionRecord, suggestion: number): NameScope =>
  (what) =>
    nameOf(session, `suggestion/${what}`, String(suggestion));

/** Names of one action's commands; `what` is `order`, `redeem`, or the market of a redemption on chain. */
export type NameScope = (what: string) => string;
