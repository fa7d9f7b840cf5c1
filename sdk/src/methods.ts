import { callWith } from './call.ts';
import type { Input, OperationName, Reply } from './operation.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import type { Result } from './result.ts';

/** An operation as a method; what it takes may be left out where nothing of it is required. */
export type Method<Name extends OperationName> =
  // Until a name is given: it is {} for no operation that has an input.
  // oxlint-disable-next-line typescript/no-generated-empty-object-type
  Partial<Input<Name>> extends Input<Name>
    ? (input?: Input<Name>, options?: CallOptions) => Promise<Result<Reply<Name>>>
    : (input: Input<Name>, options?: CallOptions) => Promise<Result<Reply<Name>>>;

export type Methods<Names extends Readonly<Record<string, OperationName>>> = {
  readonly [Key in keyof Names]: Method<Names[Key]>;
};

/** Methods by their operations. `always` is what every call is given, unless it says otherwise itself. */
export const methodsOf = <const Names extends Readonly<Record<string, OperationName>>>(
  client: ClientOptions,
  names: Names,
  always: () => CallOptions = () => ({}),
): Methods<Names> =>
  // Each entry is the method of its own operation, which the compiler cannot follow through fromEntries.
  Object.fromEntries(
    Object.entries(names).map(([key, name]) => [
      key,
      (input?: Input<typeof name>, options?: CallOptions) =>
        callWith(client, name, input, () => ({ ...always(), ...options })),
    ]),
  ) as Methods<Names>;
