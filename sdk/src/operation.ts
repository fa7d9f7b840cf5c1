import type { Operations } from './generated/types.ts';

/** `POST /api/v1/orders`: method and path, as the OpenAPI document has them. */
export type OperationName = keyof Operations;

/** What a caller gives: members of path, query and body in one object. */
export type Input<Name extends OperationName> = Operations[Name]['input'];
/** What comes back; null where the gateway answers without a body. */
export type Reply<Name extends OperationName> = Operations[Name]['reply'];

/** The part of JSON Schema that replies are checked by (`schema-mismatch.ts`). Unknown members are always allowed. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  /** A tuple of exactly this length, which `minItems` and `maxItems` repeat for other validators. */
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalProperties?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
}

/** Options that become a header, on the operations that take them. */
export type HeaderOption = 'idempotencyKey' | 'customer' | 'credentials' | 'wallet' | 'venue' | 'session';

/** What is known of an operation at run time. */
export interface Operation {
  /** Members of the input that stand in the path, and in the query; the others are the body. */
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly hasBody: boolean;
  readonly options: readonly HeaderOption[];
  /** Where the name of the command stands; `no` where it cannot have one. */
  readonly named: 'header' | 'body' | 'no';
  /** The reply is `{success, data, error}`, and `reply` is of its `data`. */
  readonly enveloped: boolean;
  /** Of the reply; undefined where there is none. */
  readonly reply: Schema | undefined;
}
