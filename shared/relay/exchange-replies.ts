import { failure, type Failure } from '../errors/failure.ts';
import { errorReply } from '../vault/exchange-login.ts';
import type { RelayReply } from './relay-reply.ts';

/** Long enough for any sentence of the exchange's. */
const MAX_MESSAGE = 500;

/** What a reply says: a body, a refusal, or that nothing is known. */
export type ReplyMeaning =
  | { readonly kind: 'body'; readonly body: unknown }
  /** Certain: nothing has happened. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** Something may have happened. */
  | { readonly kind: 'unknown' };

/** Reads a reply as that of a command: an answer that is not one leaves it open what happened. */
export function meaningOf({ outcome, status, body, retryAfter }: RelayReply): ReplyMeaning {
  const said = errorReply.safeParse(parse(body));
  const message =
    said.success && said.data.message !== '' ? said.data.message.slice(0, MAX_MESSAGE) : undefined;
  const told = { ...(message !== undefined && { message }) };
  switch (outcome) {
    case 'unknown':
      return { kind: 'unknown' };
    case 'not-sent':
      return { kind: 'refused', failure: neverSent(status, told, retryAfter) };
    case 'answered': {
      if (status >= 200 && status < 300) {
        const value = parse(body);
        // The exchange took it and said something else than JSON.
        return value === undefined ? { kind: 'unknown' } : { kind: 'body', body: value };
      }
      if (status === 501) return { kind: 'refused', failure: failure('NOT_SUPPORTED', told) };
      if (status >= 500 || status < 400) return { kind: 'unknown' };
      const grpcCode = said.success ? said.data.code : undefined;
      const wait = status === 429 ? { retryAfter: retryAfter ?? 1 } : {};
      return {
        kind: 'refused',
        failure: failure('EXCHANGE_REFUSED', {
          ...told,
          status,
          ...(grpcCode !== undefined && { grpcCode }),
          ...wait,
        }),
      };
    }
    default:
      return outcome satisfies never;
  }
}

/** The same of a question, which may simply be asked again. */
export function answerOf(reply: RelayReply): { readonly ok: true; readonly body: unknown } | Failure {
  const meaning = meaningOf(reply);
  switch (meaning.kind) {
    case 'body':
      return { ok: true, body: meaning.body };
    case 'refused':
      return meaning.failure;
    case 'unknown':
      return failure('VENUE_UNAVAILABLE', { message: 'The exchange did not answer', retryAfter: 1 });
    default:
      return meaning satisfies never;
  }
}

function neverSent(status: number, told: { readonly message?: string }, retryAfter = 1): Failure {
  if (status === 501) return failure('NOT_SUPPORTED', told);
  if (status === 400 || status === 404 || status === 413)
    return failure('EXCHANGE_REFUSED', { ...told, status });
  return failure('VENUE_UNAVAILABLE', { message: 'The exchange cannot be reached', retryAfter });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
