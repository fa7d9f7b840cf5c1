import * as z from 'zod';
import { WALLET_NUMBER } from '../../../durable-objects/rpc/resolve-wallet-account.ts';
import { SESSION_NUMBER } from '../../../shared/agents/session-model.ts';
import type { Reason } from '../../../shared/errors/catalogue.ts';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { REQUEST_ID } from './request-id.ts';

/**
 * A request header that routes honour. One definition both checks a value and documents it: what a route does not
 * declare it cannot read.
 */
export interface RequestHeader {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<string>;
  /** Code of a value that does not fit; VALIDATION_FAILED unless the contract names another. */
  readonly fault?: Reason;
  /** The route does nothing without it. */
  readonly required?: true;
  /** Query parameter that says the same. */
  readonly query?: string;
}

export const walletHeader: RequestHeader = {
  name: 'X-Postern-Wallet',
  summary: "Number of a sandbox wallet that stands in for the tenant's own account",
  schema: z.string().regex(WALLET_NUMBER),
  // Whatever is no number names no wallet.
  fault: 'WALLET_NOT_FOUND',
  query: 'wallet_id',
};

export const venueHeader: RequestHeader = {
  name: 'X-Postern-Venue',
  summary: "Venue of this request, paper or polymarket; without it the tenant's default",
  schema: z.string().max(32),
};

export const idempotencyKeyHeader: RequestHeader = {
  name: 'Idempotency-Key',
  summary: 'Names the command: sent again, it is not done again and its first reply comes back',
  // Quoted or bare (IETF draft idempotency-key-header).
  schema: z.string().regex(/^"?[\x21\x23-\x7e]{1,255}"?$/, '1 to 255 visible ASCII characters'),
};

export const retryCountHeader: RequestHeader = {
  name: 'X-Stainless-Retry-Count',
  summary: "Above 0 in an SDK's own retry: the request is the one before it again",
  // What is no number is no retry: SDKs own this header, and a caller has no say in it.
  schema: z.string(),
};

export const confirmHeader: RequestHeader = {
  name: 'X-Confirm-Cancel-All',
  summary: 'true: cancel every open order, as ?confirm=true',
  schema: z.string(),
};

/** Read with the credential, on the routes of the router that act for a customer. */
export const customerHeader: RequestHeader = {
  name: 'X-Builder-Customer-Id',
  summary: "A builder's key acts as this customer of its own",
  schema: z.uuid(),
};

/** Longer than any credential: a Kalshi key of 10,000 characters in JSON and base64. */
const MAX_CREDENTIALS = 16_384;

/** Of a route that asks a venue in the account's name. */
export const exchangeCredentialsHeader: RequestHeader = {
  name: 'X-Exchange-Credentials',
  summary:
    'Credentials for this request alone, as JSON in base64. polymarket: private_key, and clob_api_key, ' +
    'clob_api_secret, clob_api_passphrase, signature_type, funder if wanted. kalshi: api_key_id, private_key (PEM)',
  schema: z
    .string()
    .max(MAX_CREDENTIALS)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'is not base64'),
};

/** Of a lookup at the exchange. */
export const sourceHeader: RequestHeader = {
  name: 'X-Postern-Source',
  summary: "lookup: ask the exchange itself, within the desk's budget, though the copy has an answer",
  schema: z.literal('lookup', 'must be lookup'),
};

/** Of a command that places orders at the exchange. */
export const waitHeader: RequestHeader = {
  name: 'X-Postern-Wait',
  summary: 'ack: hold the reply until the order stream tells the first state of the order, at most 5 s',
  schema: z.literal('ack', 'must be ack'),
};

/** Of what an agent asks in its session. What is no number names no session. */
export const sessionHeader: RequestHeader = {
  name: 'X-Session-Id',
  summary: 'Number of the session that the request is for, as POST /v1/sessions gave it',
  schema: z.string().regex(SESSION_NUMBER),
  fault: 'SESSION_NOT_FOUND',
  required: true,
};

/** Of a route that reads or changes an account. */
export const accountHeaders: readonly RequestHeader[] = [walletHeader, venueHeader];
/** Of a route that reads or changes an account on a venue, live or paper. */
export const venueHeaders: readonly RequestHeader[] = [...accountHeaders, exchangeCredentialsHeader];
/** Of a route that cancels orders on a venue, live or paper. */
export const cancelHeaders: readonly RequestHeader[] = [...venueHeaders, idempotencyKeyHeader];
/** Of a route that places orders. */
export const placeHeaders: readonly RequestHeader[] = [
  ...accountHeaders,
  idempotencyKeyHeader,
  retryCountHeader,
];
/** Of a route that places orders on a venue, live or paper. */
export const tradeHeaders: readonly RequestHeader[] = [...placeHeaders, exchangeCredentialsHeader];

/** Read by the pipeline, so every route has it. */
export const requestIdHeader: RequestHeader = {
  name: 'X-Request-Id',
  summary: 'Comes back in X-Request-Id of the reply; a value of another form is replaced',
  schema: z.string().regex(REQUEST_ID),
};

/** Likewise, of every route that can refuse. */
export const verboseHeader: RequestHeader = {
  name: 'X-Polysim-Verbose',
  summary: 'true: errors as {error: <code>, message, details, request_id}',
  schema: z.string(),
};

/** The value of a declared header; undefined where it was not sent. Throws the header's fault for any other. */
export function headerOf(
  { request, declared }: { readonly request: Request; readonly declared: readonly RequestHeader[] },
  header: RequestHeader,
): string | undefined {
  if (!declared.includes(header)) throw new Error(`the route does not declare ${header.name}`);
  const value = request.headers.get(header.name);
  if (value === null) return undefined;
  const parsed = header.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (header.fault !== undefined) throw new RequestError(header.fault);
  throw new RequestError(invalidMember(header.name, parsed.error.issues[0]?.message ?? 'malformed'));
}

/**
 * Refuses headers that other routes honour and this one has no use for, where dropping them would do to one account
 * what was meant for another.
 */
export function refuseHeaders(
  { request }: { readonly request: Request },
  refused: readonly RequestHeader[],
): void {
  const found = refused.find(({ name }) => request.headers.has(name));
  if (found) throw new RequestError(invalidMember(found.name, 'is not taken here'));
}
