import { RequestError } from '../../../shared/errors/failure.ts';

/** Limits at the door. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_JSON_DEPTH = 16;

/**
 * How much of a body that is too large is read and thrown away before the refusal: a client that is still
 * writing when the connection closes sees a broken pipe instead of the 413.
 */
const MAX_DISCARDED_BYTES = 8 * 1024 * 1024;

/** Reads the body as text. Throws PAYLOAD_TOO_LARGE without keeping more than the limit. */
export async function readBody(request: Request): Promise<string> {
  if (request.body === null) return '';
  const declared = Number(request.headers.get('content-length') ?? 'NaN');
  if (declared <= MAX_BODY_BYTES) return request.text();
  return readChunks(request.body);
}

async function readChunks(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = '';
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_DISCARDED_BYTES) break;
    text = size > MAX_BODY_BYTES ? '' : text + decoder.decode(chunk, { stream: true });
  }
  if (size > MAX_BODY_BYTES) throw new RequestError('PAYLOAD_TOO_LARGE');
  return text + decoder.decode();
}

/** Parses a JSON body. Throws UNSUPPORTED_MEDIA_TYPE or VALIDATION_FAILED. An empty body is undefined. */
export function parseJson(text: string, contentType: string | null): unknown {
  if (text === '') return undefined;
  if (!isJson(contentType)) throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
  const value = parse(text);
  if (depthExceeds(value, MAX_JSON_DEPTH)) {
    throw unreadable(`Body is nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('Body is not valid JSON');
  }
}

/** A fault of the whole body: its path is empty. */
const unreadable = (message: string): RequestError =>
  new RequestError('VALIDATION_FAILED', { message, details: { issues: [{ path: '', message }] } });

function isJson(contentType: string | null): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === 'application/json' || type.endsWith('+json');
}

function depthExceeds(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  return Object.values(value).some((member) => depthExceeds(member, limit - 1));
}
