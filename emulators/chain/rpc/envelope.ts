import * as z from 'zod';
import { json, type Reply } from '../../lib/http/route.ts';
import { methods } from './methods.ts';
import { RpcError } from './rpc-error.ts';
import type { Chain } from '../state.ts';

const requestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(200), z.number(), z.null()]).default(null),
  method: z.string().max(100),
  params: z.array(z.unknown()).max(10).default([]),
});

const MAX_BATCH = 100;
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;

/** Answers one JSON-RPC request or a batch of them. `count` is told the name of every method that is called. */
export function answer(chain: Chain, rawBody: string, count: (method: string) => void): Reply {
  const body = parse(rawBody);
  if (body === undefined) return json(errorBody(null, PARSE_ERROR, 'parse error'), 400);
  if (!Array.isArray(body)) return json(answerOne(chain, body, count));
  if (body.length === 0 || body.length > MAX_BATCH)
    return json(errorBody(null, INVALID_REQUEST, `a batch is 1 to ${MAX_BATCH} requests`), 400);
  return json(body.map((one) => answerOne(chain, one, count)));
}

/** The name by which faults know a body: its method, or `batch`. */
export function nameOf(rawBody: string): string {
  const body = parse(rawBody);
  if (Array.isArray(body)) return 'batch';
  const parsed = requestSchema.safeParse(body);
  return parsed.success ? parsed.data.method : 'invalid';
}

function answerOne(chain: Chain, body: unknown, count: (method: string) => void): object {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return errorBody(null, INVALID_REQUEST, 'invalid request');
  const { id, method, params } = parsed.data;
  const run = methods[method];
  count(run === undefined ? 'unknown' : method);
  if (run === undefined)
    return errorBody(id, METHOD_NOT_FOUND, `the method ${method} does not exist/is not available`);
  try {
    return { jsonrpc: '2.0', id, result: run(chain, params) };
  } catch (error) {
    if (error instanceof RpcError) return errorBody(id, error.code, error.message, error.data);
    throw error;
  }
}

export function errorBody(id: string | number | null, code: number, message: string, data?: string): object {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
