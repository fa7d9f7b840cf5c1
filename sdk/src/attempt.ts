/** A request that is ready to go. */
export interface Prepared {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

/** What one attempt came to. */
export type Attempt =
  | { readonly kind: 'reply'; readonly status: number; readonly headers: Headers; readonly text: string }
  /** No connection was made. */
  | { readonly kind: 'unreachable' }
  /** Sent, and then the connection or the reply broke off. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'too-much'; readonly status: number };

interface Terms {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** Sends a request once. Resolves within `timeoutMs`, whatever the server or a `fetch` of the caller's own does. */
export async function attempt(request: Prepared, terms: Terms): Promise<Attempt> {
  const { signal, timeoutMs } = terms;
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: () => void = () => undefined;
  const stopped = new Promise<Attempt>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timeout' }), timeoutMs);
    stop = () => resolve({ kind: 'aborted' });
    signal?.addEventListener('abort', stop);
  });
  try {
    const came = exchange(request, terms, controller.signal).catch((): Attempt => ({ kind: 'lost' }));
    return await Promise.race([came, stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    controller.abort();
  }
}

/** Rejects only for errors whose members throw. */
async function exchange(
  { url, method, headers, body }: Prepared,
  { fetch, maxReplyBytes }: Terms,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      // A redirect would take the key to another host.
      redirect: 'manual',
      signal,
    });
    const text = await textOf(response, maxReplyBytes);
    const { status } = response;
    if (text === undefined) return { kind: 'too-much', status };
    return { kind: 'reply', status, headers: response.headers, text };
  } catch (error) {
    return { kind: wasNeverSent(error) ? 'unreachable' : 'lost' };
  }
}

/** The body as text; undefined where it is longer than the limit. Throws where it breaks off or is not UTF-8. */
async function textOf({ body }: Response, limit: number): Promise<string | undefined> {
  if (!body) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (let read = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    read += value.byteLength;
    if (read > limit) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Deeper causes than any runtime gives. */
const MAX_CAUSES = 5;

/**
 * Whether a failed fetch never had a connection. Node says so in the causes of its error; other runtimes do not, and
 * there every failure may have come after the request was sent.
 */
function wasNeverSent(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return false;
  const { syscall, code, cause, errors } = error as Readonly<Record<string, unknown>>;
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  // One for each address that the name has.
  if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => wasNeverSent(one, depth + 1));
  return wasNeverSent(cause, depth + 1);
}
