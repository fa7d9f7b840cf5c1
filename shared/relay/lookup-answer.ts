import type { Failure } from '../errors/failure.ts';

/** A lookup's answer, and where it is from (contract: exchange, "Lookups"). */
export type LookupAnswer =
  | {
      readonly ok: true;
      readonly body: unknown;
      readonly source: 'stream';
      readonly asOf: string;
      readonly seq: number;
    }
  | { readonly ok: true; readonly body: unknown; readonly source: 'lookup' }
  | Failure;
