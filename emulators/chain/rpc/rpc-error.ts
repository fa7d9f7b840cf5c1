/** A JSON-RPC error. Codes as nodes use them: -32000 a refused transaction, 3 a revert with its data. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: string | undefined;

  constructor(code: number, message: string, data?: string) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.data = data;
  }
}

const REFUSED = -32_000;
const INVALID_PARAMS = -32_602;
const REVERTED = 3;

export const refusedTransaction = (message: string): RpcError => new RpcError(REFUSED, message);
export const invalidParams = (message: string): RpcError => new RpcError(INVALID_PARAMS, message);
export const reverted = (message: string, data: string): RpcError => new RpcError(REVERTED, message, data);
