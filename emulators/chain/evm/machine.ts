import type { utils } from 'ethers';
import { Revert, revertWith, type Call, type Contract, type Log } from './contract.ts';
import type { Storage } from './storage.ts';

export interface Message {
  readonly from: string;
  /** Undefined creates a contract, which this chain does not. */
  readonly to: string | undefined;
  readonly data: string;
}

export interface Outcome {
  readonly ok: boolean;
  /** Result words, or the encoded error. */
  readonly data: string;
  readonly message: string;
  readonly logs: readonly Log[];
}

export interface Machine {
  readonly storage: Storage;
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Armed by the control API: function name → how often it still reverts when it is mined. */
  readonly reverts: Map<string, number>;
}

/** Contracts of real networks may call each other deeper; these need two. */
const MAX_DEPTH = 8;

/** Runs a call as if it were mined at `timestamp`; nothing of it stays unless `keep` and it does not revert. */
export function execute(machine: Machine, message: Message, timestamp: number, keep: boolean): Outcome {
  const logs: Log[] = [];
  const outcome = machine.storage.attempt(
    () => attempt(machine, message, timestamp, logs),
    ({ ok }) => ok && keep,
  );
  return { ...outcome, logs: outcome.ok ? logs : [] };
}

function attempt(
  machine: Machine,
  { from, to, data }: Message,
  timestamp: number,
  logs: Log[],
): Omit<Outcome, 'logs'> {
  try {
    if (to === undefined) throw revertWith('contracts cannot be created here');
    const contract = machine.contracts.get(to);
    // A call of an address without code succeeds and does nothing, as on any chain.
    if (contract === undefined) return { ok: true, data: '0x', message: '' };
    const fragment = fragmentOf(contract, data);
    if (fragment === undefined) throw new Revert('execution reverted', '0x');
    const args = decoded(contract, fragment, data);
    const result = invoke({ machine, timestamp, logs, depth: 0 }, contract, fragment.name, from, args);
    return { ok: true, data: contract.abi.encodeFunctionResult(fragment, result), message: '' };
  } catch (error) {
    if (error instanceof Revert) return { ok: false, data: error.data, message: error.message };
    throw error;
  }
}

interface Frame {
  readonly machine: Machine;
  readonly timestamp: number;
  readonly logs: Log[];
  readonly depth: number;
}

function invoke(
  frame: Frame,
  contract: Contract,
  name: string,
  sender: string,
  args: utils.Result,
): readonly unknown[] {
  if (frame.depth > MAX_DEPTH) throw revertWith('too deep');
  const run = contract.functions[name];
  if (run === undefined) throw new Revert('execution reverted', '0x');
  const { machine, timestamp, logs } = frame;
  const call: Call = {
    storage: machine.storage,
    sender,
    timestamp,
    call: (to, other, values) => {
      const callee = machine.contracts.get(to);
      if (callee === undefined) throw revertWith('call to a non-contract');
      // Through the ABI and back, so that arguments look as they do from outside.
      const fragment = callee.abi.getFunction(other);
      const encoded = callee.abi.encodeFunctionData(fragment, values);
      const decodedArgs = callee.abi.decodeFunctionData(fragment, encoded);
      return invoke({ ...frame, depth: frame.depth + 1 }, callee, other, contract.address, decodedArgs);
    },
    emit: (event, values) => {
      const { topics, data } = contract.abi.encodeEventLog(contract.abi.getEvent(event), values);
      logs.push({ address: contract.address, topics, data });
    },
  };
  return run(call, args);
}

/** The function that call data names by its first four bytes. */
export function fragmentOf(contract: Contract, data: string): utils.FunctionFragment | undefined {
  const selector = data.slice(0, 10).toLowerCase();
  return Object.values(contract.abi.functions).find(
    (fragment) => contract.abi.getSighash(fragment) === selector,
  );
}

function decoded(contract: Contract, fragment: utils.FunctionFragment, data: string): utils.Result {
  try {
    return contract.abi.decodeFunctionData(fragment, data);
  } catch {
    throw new Revert('execution reverted', '0x');
  }
}
