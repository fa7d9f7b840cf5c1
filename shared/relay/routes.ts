/**
 * The relay's HTTP side.
 *
 * - `GET  /session`            upgrade: the session of `frames.ts`. The token signs an empty body.
 * - `POST /rest/<path>`        one call of the exchange's REST: `/rest/api/v1beta1/insert_order`,
 *                              `/rest/auth/v1beta1/login`. Always named in v1beta1; the relay translates to the dialect
 *                              that it speaks. Body and reply are the exchange's JSON.
 * - `POST /sealed/<path>`      the same, body and answer sealed between vault and relay: `sealed-call.ts`.
 * - `GET  /health`, `/metrics` for the operator, without a token, on loopback or a port of their own.
 */
export const SESSION_PATH = '/session';
export const REST_PREFIX = '/rest';
export const SEALED_PREFIX = '/sealed';

/** `Bearer` and a token of `request-token.ts`, on every request to the relay. */
export const TOKEN_HEADER = 'authorization';

/** The sealed credential of `relay-credential.ts`; absent on calls without one, such as login. */
export const CREDENTIAL_HEADER = 'x-relay-credential';

/** On every reply of `/rest`: whether the exchange can have done anything. */
export const OUTCOME_HEADER = 'x-relay-outcome';

/**
 * - `answered`: status and body are the exchange's.
 * - `not-sent`: no byte has left for the exchange; body `{code, message}` says why. 503, with `Retry-After` if known, when
 *   it may be tried again; 401 for the token, 400, 404, 413 or 501 for a request that never will be sent.
 * - `unknown`: something has left and no whole answer came. 504.
 */
export const relayOutcomes = ['answered', 'not-sent', 'unknown'] as const;
export type RelayOutcome = (typeof relayOutcomes)[number];

/** The relay's token over its reply, `reply-token.ts`: a reply without it is not the relay's. */
export const REPLY_TOKEN_HEADER = 'x-relay-token';

/*
 * Dial-in: the relay opens `GET <RELAY_DIAL_URL>`, one socket for each desk that it serves, with a request token of its
 * own key for the gateway's audience, each token once. Frames are the same, the connector says `hello` first as ever; a
 * newer connection of the desk replaces the one before.
 */
