import * as z from 'zod';
import { readText } from '../read-body.ts';

/** A node's call never takes longer (contract: venues, "Rules for every adapter"). */
export const NODE_TIMEOUT_MS = 10_000;
/** The longest reply that anything here asks for is below 10 KB. */
const MAX_REPLY_BYTES = 256 * 1024;
/** Reads are asked again twice; commands never (contract: venues). */
const READ_ATTEMPTS = 3;
const RETRY_DELAY_MS = 200;
const MAX_RETRY_AFTER_MS = 2_000;

/**
 * `error`: the node answered that it will not. `unsent`: no connection came about, so no byte of it left.
 * `unanswered`: everything else; the node may have acted.
 */
export type RpcReply =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly kind: 'error';
      readonly message: string;
      /** Hex, of a revert. */
      readonly data?: string | undefined;
    }
  | { readonly ok: false; readonly kind: 'unsent' | 'unanswered'; readonly retryAfterMs?: number };

export interface JsonRpc {
  /** Once, whatever happens: for commands. */
  call(method: string, params: readonly unknown[]): Promise<RpcReply>;
  /** Again after no answer: for reads. */
  read(method: string, params: readonly unknown[]): Promise<RpcReply>;
}

const replySchema = z.union([
  z.object({
    error: z.object({
      message: z.string().max(10_000),
      data: z.union([z.string().max(10_000), z.unknown()]).optional(),
    }),
  }),
  z.object({ result: z.unknown() }),
]);

/** JSON-RPC 2.0 over HTTP. Never rejects. */
export function createJsonRpc(url: string, timeoutMs = NODE_TIMEOUT_MS): JsonRpc {
  const call = (method: string, params: readonly unknown[]): Promise<RpcReply> =>
    post(url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), timeoutMs);
  const read = async (method: string, params: readonly unknown[]): Promise<RpcReply> => {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await call(method, params);
      if (reply.ok || reply.kind === 'error' || attempt === READ_ATTEMPTS) return reply;
      const jitter = RETRY_DELAY_MS * (0.5 + Math.random());
      await pause(Math.min(reply.retryAfterMs ?? jitter, MAX_RETRY_AFTER_MS));
    }
  };
  return { call, read };
}

async function post(url: string, body: string, timeoutMs: number): Promise<RpcReply> {
  const controller = new AbortController();
  // Cleared at the end: AbortSignal.timeout would keep a Durable Object in memory all that time.
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, signal: controller.signal });
    if (response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      return { ok: false, kind: 'unanswered', ...retryAfter(response.headers.get('retry-after')) };
    }
    return parseReply(await readText(response, MAX_REPLY_BYTES));
  } catch (error) {
    return { ok: false, kind: neverConnected(error) ? 'unsent' : 'unanswered' };
  } finally {
    clearTimeout(timer);
  }
}

function parseReply(text: string): RpcReply {
  const parsed = replySchema.safeParse(JSON.parse(text));
  if (!parsed.success) return { ok: false, kind: 'unanswered' };
  if (!('error' in parsed.data)) return { ok: true, result: parsed.data.result };
  const { message, data } = parsed.data.error;
  return { ok: false, kind: 'error', message, data: typeof data === 'string' ? data : undefined };
}

/** Node tells these by code; where the runtime does not, the answer is "unanswered", which is always safe. */
const UNCONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function neverConnected(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return (
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && UNCONNECTED.has(cause.code)
  );
}

function retryAfter(header: string | null): { readonly retryAfterMs?: number } {
  return header !== null && /^\d{1,4}$/.test(header) ? { retryAfterMs: Number(header) * 1000 } : {};
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
