import type { Attempt } from './attempt.ts';
import { schemaMismatch } from './schema-mismatch.ts';
import type { Operation } from './operation.ts';
import type { Failed, SdkCode, Succeeded } from './result.ts';
import { waitOf } from './retry.ts';

type Came = Extract<Attempt, { readonly kind: 'reply' }>;

/** The result of a reply that is as the document promises; undefined of any other. */
export function succeeded<Data>(
  operation: Operation,
  { status, headers, text }: Came,
  idempotencyKey: string | undefined,
): Succeeded<Data> | undefined {
  const json = operation.reply ? parsed(text) : null;
  if (json === undefined) return undefined;
  const { enveloped, reply } = operation;
  if (enveloped && (!isObject(json) || json['success'] !== true)) return undefined;
  const data = enveloped && isObject(json) ? json['data'] : json;
  if (reply && schemaMismatch(reply, data) !== undefined) return undefined;
  return {
    success: true,
    // What the guard has checked is what the generated type says: both are made of one schema.
    data: data as Data,
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    idempotencyKey,
    replayed: headers.get('idempotency-replayed') === 'true',
  };
}

interface Failing {
  readonly came?: Attempt;
  /** Of a failure that the SDK found before anything was sent. */
  readonly code?: SdkCode;
  readonly error?: string;
  readonly effect?: 'none' | 'unknown';
  readonly idempotencyKey?: string | undefined;
}

/** The result of everything else. */
export function failed({ came, code, error, effect = 'none', idempotencyKey }: Failing): Failed {
  const own = code ?? codeOf(came);
  const result: Failed = {
    success: false,
    error: error ?? sentences[own],
    code: own,
    reason: undefined,
    status: came && 'status' in came ? came.status : 0,
    effect,
    requestId: undefined,
    idempotencyKey,
    retryAfterMs: undefined,
  };
  return came?.kind === 'reply' ? { ...result, ...refusalOf(came, own) } : result;
}

const sentences: Readonly<Record<SdkCode, string>> = {
  invalid_request: 'The call cannot be put into a request',
  unreachable: 'The gateway cannot be reached: nothing was sent',
  connection_lost: 'The connection to the gateway broke off',
  timeout: 'The gateway has not answered in time',
  aborted: 'The call was aborted',
  unexpected_reply: 'The gateway answered with something that it should not',
};

function codeOf(came: Attempt | undefined): SdkCode {
  switch (came?.kind) {
    case 'unreachable':
      return 'unreachable';
    case 'lost':
      return 'connection_lost';
    case 'timeout':
      return 'timeout';
    case 'aborted':
    case undefined:
      return 'aborted';
    case 'reply':
    case 'too-much':
      return 'unexpected_reply';
    default:
      return came satisfies never;
  }
}

/** What a refusal says of itself; of a page that is none of the gateway's, its status. */
function refusalOf({ status, headers, text }: Came, otherwise: SdkCode): Partial<Failed> {
  const about = {
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: waitOf(headers),
  };
  const body = parsed(text);
  const { error, code, success } = isObject(body) ? body : {};
  const sentence = typeof error === 'string' && error !== '' ? error : undefined;
  const reason = headers.get('x-polysim-code') ?? undefined;
  if (reason === undefined || status < 400) {
    const said = success === false ? sentence : undefined;
    return { ...about, error: said ?? `${sentences[otherwise]} (HTTP ${status})` };
  }
  return {
    ...about,
    reason,
    code: typeof code === 'string' && code !== '' ? code : reason,
    error: sentence ?? `The gateway refused: ${reason}`,
  };
}

/** Undefined of what is no JSON, which JSON itself cannot say. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
