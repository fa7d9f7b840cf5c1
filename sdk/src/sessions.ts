import { agentOf, type Agent, type AgentCallOptions } from './agent.ts';
import { call, callWith } from './call.ts';
import type { Input, Reply } from './operation.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import type { Result } from './result.ts';

type SessionView = Reply<'POST /v1/sessions'>;
type Answer<Data> = (options?: AgentCallOptions) => Promise<Result<Data>>;
type Answered<Name extends `POST /v1/sessions/suggestions/{id}/${'approve' | 'reject'}`> = (
  suggestionId: number,
  options?: AgentCallOptions,
) => Promise<Result<Reply<Name>>>;

/** One session, for whoever runs the agent. */
export interface Session {
  readonly id: number;
  /** Its state, and what is left of its allocation. */
  readonly read: Answer<Reply<'GET /v1/sessions/{id}'>>;
  readonly start: Answer<SessionView>;
  readonly pause: Answer<SessionView>;
  /** For good. */
  readonly stop: Answer<SessionView>;
  /** Begins the next run, which clears what nobody has approved, and gives the agent its start-of-run portfolio. */
  readonly nextRun: Answer<Agent>;
  /**
   * The agent of the run that stands, for a process that was started again: idempotency keys of before hold on. Its
   * portfolio is of now, not of the start of the run.
   */
  readonly resumeRun: Answer<Agent>;
  /** The manual mode's queue. */
  readonly suggestions: {
    readonly list: (
      which?: Input<'GET /v1/sessions/suggestions'>,
      options?: AgentCallOptions,
    ) => Promise<Result<Reply<'GET /v1/sessions/suggestions'>>>;
    readonly approve: Answered<'POST /v1/sessions/suggestions/{id}/approve'>;
    readonly reject: Answered<'POST /v1/sessions/suggestions/{id}/reject'>;
    readonly clear: Answer<Reply<'DELETE /v1/sessions/suggestions'>>;
  };
}

export interface Sessions {
  /** Opens a session: a part of the account's money that an agent may trade with. */
  readonly create: (
    terms: Input<'POST /v1/sessions'>,
    options?: AgentCallOptions,
  ) => Promise<Result<SessionView>>;
  /** The sessions of the account, newest first. */
  readonly list: (
    which?: Input<'GET /v1/sessions'>,
    options?: AgentCallOptions,
  ) => Promise<Result<Reply<'GET /v1/sessions'>>>;
  /** A session that exists. Asks nothing. */
  readonly session: (id: number) => Session;
}

/** A client of `/v1/sessions`. Makes no request by itself, and never throws. */
export const createSessions = (client: ClientOptions): Sessions => ({
  create: (terms, options) => call(client, 'POST /v1/sessions', terms, options),
  list: (which, options) => call(client, 'GET /v1/sessions', which, options),
  session: (id) => sessionOf(client, id),
});

function sessionOf(client: ClientOptions, id: number): Session {
  const inSession = (options: AgentCallOptions | undefined) => (): CallOptions => ({
    ...options,
    session: id,
  });
  return {
    id,
    read: (options) => call(client, 'GET /v1/sessions/{id}', { id }, options),
    start: (options) => call(client, 'POST /v1/sessions/{id}/start', { id }, options),
    pause: (options) => call(client, 'POST /v1/sessions/{id}/pause', { id }, options),
    stop: (options) => call(client, 'POST /v1/sessions/{id}/stop', { id }, options),
    async nextRun(options) {
      const begun = await call(client, 'POST /v1/sessions/{id}/runs', { id }, options);
      return begun.success ? { ...begun, data: agentOf(client, begun.data) } : begun;
    },
    async resumeRun(options) {
      const [read, held] = await Promise.all([
        call(client, 'GET /v1/sessions/{id}', { id }, options),
        callWith(client, 'GET /v1/positions/current', {}, inSession(options)),
      ]);
      if (!read.success) return read;
      return held.success ? { ...read, data: agentOf(client, { ...read.data, ...held.data }) } : held;
    },
    suggestions: {
      list: (which, options) => callWith(client, 'GET /v1/sessions/suggestions', which, inSession(options)),
      approve: (suggestionId, options) =>
        callWith(
          client,
          'POST /v1/sessions/suggestions/{id}/approve',
          { id: suggestionId },
          inSession(options),
        ),
      reject: (suggestionId, options) =>
        callWith(
          client,
          'POST /v1/sessions/suggestions/{id}/reject',
          { id: suggestionId },
          inSession(options),
        ),
      clear: (options) => callWith(client, 'DELETE /v1/sessions/suggestions', {}, inSession(options)),
    },
  };
}
