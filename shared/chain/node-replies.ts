import type { Abi } from 'viem';
import { decodeErrorResult } from 'viem/utils';
import type { Hex } from '../signing/checks.ts';
import type { JsonRpc, RpcReply } from './json-rpc.ts';

const isHex = (value: unknown): value is Hex => typeof value === 'string' && /^0x[0-9a-fA-F]*$/.test(value);

/** A quantity of JSON-RPC: at most a word, so that no reply can make a number without end. */
export function quantity(value: unknown): bigint | undefined {
  return isHex(value) && value.length > 2 && value.length <= 66 ? BigInt(value) : undefined;
}

/** The result words of a view function on the newest state; undefined when no node gave them. */
export async function callView(rpc: JsonRpc, to: Hex, data: Hex): Promise<Hex | undefined> {
  const reply = await rpc.read('eth_call', [{ to, data }, 'latest']);
  return reply.ok && isHex(reply.result) ? reply.result : undefined;
}

/** Why a node refused: the name of the contract's error, the reason it gave, or the node's own sentence. */
export function reasonOf(reply: Extract<RpcReply, { kind: 'error' }>, abi: Abi): string {
  if (!isHex(reply.data) || reply.data.length < 10) return reply.message;
  try {
    const { errorName, args } = decodeErrorResult({ abi, data: reply.data });
    return errorName === 'Error' ? String(args?.[0]) : errorName;
  } catch {
    return reply.message;
  }
}
