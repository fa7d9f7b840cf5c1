import { utils } from 'ethers';
import type { Storage } from './storage.ts';

/** One call of a contract's function. Addresses are lower case, times Unix seconds. */
export interface Call {
  readonly storage: Storage;
  /** Who calls: a wallet, or another contract. */
  readonly sender: string;
  readonly timestamp: number;
  /** Calls another contract in this one's name. @throws Revert */
  call(to: string, name: string, args: readonly unknown[]): readonly unknown[];
  emit(event: string, args: readonly unknown[]): void;
}

export interface Contract {
  /** Lower case. */
  readonly address: string;
  readonly abi: utils.Interface;
  /** By name; each returns the words of its result. @throws Revert */
  readonly functions: Readonly<Record<string, (call: Call, args: utils.Result) => readonly unknown[]>>;
}

export interface Log {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** A call that took no effect. `data` is what clients decode: an ABI-encoded error. */
export class Revert extends Error {
  readonly data: string;

  constructor(message: string, data: string) {
    super(message);
    this.name = 'Revert';
    this.data = data;
  }
}

/** `require(…, reason)`: the error that every client knows. */
export function revertWith(reason: string): Revert {
  const words = utils.defaultAbiCoder.encode(['string'], [reason]);
  return new Revert(`execution reverted: ${reason}`, `0x08c379a0${words.slice(2)}`);
}

/** A custom error of the contract. */
export function customError(abi: utils.Interface, name: string, args: readonly unknown[] = []): Revert {
  return new Revert('execution reverted', abi.encodeErrorResult(name, args));
}

/** An argument or result word as a number; ethers hands out its own kind. */
export const word = (value: unknown): bigint => BigInt(String(value));

/** An argument that is an address or bytes. */
export const hexOf = (value: unknown): string => String(value).toLowerCase();
