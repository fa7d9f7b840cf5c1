import { Contract, providers, utils, Wallet } from 'ethers';
import * as z from 'zod';
import { CHAIN_ID, FEE_ESCROW, startChainEmulator, USDC, type ChainEmulator } from '../index.ts';
import type { Mining } from '../state.ts';

/** Obviously keys of tests. */
export const RELAYER = new Wallet(`0x${'aa'.repeat(32)}`);
export const PAYER = new Wallet(`0x${'bb'.repeat(32)}`);
export const STRANGER = new Wallet(`0x${'cc'.repeat(32)}`);
export const ORDER = `0x${'01'.repeat(32)}`;

/** The escrow's public face, written down again so that a change of the emulator's own is noticed. */
export const ESCROW_ABI = [
  'function pullFee(bytes32 orderId, address payer, uint256 feeAmount, uint256 deadline, bytes signature, address affiliate)',
  'function distribute(bytes32 orderId, uint256 amount)',
  'function refund(bytes32 orderId, uint256 amount)',
  'function escrows(bytes32 orderId) view returns (address payer, address affiliate, uint256 pulled, uint256 distributed, uint256 refunded)',
  'error OrderExists(bytes32 orderId)',
  'error InvalidSignature()',
  'error SignatureExpired()',
  'error NotOperator(address caller)',
  'error ExceedsRemaining(uint256 requested, uint256 remaining)',
];
export const ERC20_ABI = [
  'function balanceOf(address owner) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 amount) returns (bool)',
];

const statsSchema = z.object({
  requests: z.record(z.string(), z.number()),
  escrow: z.object({
    orders: z.number(),
    pulled: z.string(),
    distributed: z.string(),
    refunded: z.string(),
    held: z.string(),
    balance: z.string(),
  }),
  counts: z.object({ block: z.number(), pooled: z.number(), dropped: z.number(), faults_fired: z.number() }),
});

export interface TestChain extends ChainEmulator {
  readonly provider: providers.JsonRpcProvider;
  /** As the relayer calls it. */
  readonly escrow: Contract;
  readonly usdc: Contract;
  control(name: string, body?: object): Promise<unknown>;
  stats(): Promise<z.infer<typeof statsSchema>>;
  /** Any JSON-RPC call, bare. */
  rpc(method: string, params?: readonly unknown[]): Promise<Record<string, unknown>>;
}

/** A chain on which the relayer may operate the escrow and the payer has 10 USDC, 5 of them allowed to it. */
export async function startForTest(mining: Mining = 'auto'): Promise<TestChain> {
  const emulator = await startChainEmulator({ mining });
  const provider = new providers.StaticJsonRpcProvider(emulator.url, CHAIN_ID);
  provider.pollingInterval = 20;
  const control = async (name: string, body: object = {}): Promise<unknown> => {
    const request = { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${emulator.url}/__control/${name}`, request);
    if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
    return response.json();
  };
  await control('operator', { address: RELAYER.address });
  await control('fund', { address: PAYER.address, usdc: '10000000', allowances: { escrow: '5000000' } });
  return {
    ...emulator,
    provider,
    escrow: new Contract(FEE_ESCROW, ESCROW_ABI, RELAYER.connect(provider)),
    usdc: new Contract(USDC, ERC20_ABI, PAYER.connect(provider)),
    control,
    stats: async () => {
      const response = await fetch(`${emulator.url}/__control/stats`);
      return statsSchema.parse(await response.json());
    },
    rpc: async (method, params = []) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const response = await fetch(emulator.url, { method: 'POST', body });
      return z.record(z.string(), z.unknown()).parse(await response.json());
    },
  };
}

const member = <T>(members: Readonly<Record<string, T>>, name: string): T => {
  const found = members[name];
  if (found === undefined) throw new Error(`${name} is not in the ABI`);
  return found;
};
/** Sends a transaction that calls this, and waits until it is mined. */
export const run = async (
  contract: Contract,
  name: string,
  ...args: readonly unknown[]
): Promise<providers.TransactionReceipt> => {
  const sent: providers.TransactionResponse = await member(contract.functions, name)(...args);
  return sent.wait();
};
/** The result of a call that changes nothing: an ethers result, as text. */
export const view = async (contract: Contract, name: string, ...args: readonly unknown[]): Promise<string> =>
  String(await member(contract.callStatic, name)(...args));

export interface PullFee {
  readonly orderId: string;
  readonly payer: string;
  readonly feeAmount: number;
  readonly deadline: number;
}

/** Far ahead of every clock; tests of deadlines shift the chain's. */
export const DEADLINE = 4_000_000_000;
export const pullOf = (overrides: Partial<PullFee> = {}): PullFee => ({
  orderId: ORDER,
  payer: PAYER.address,
  feeAmount: 1_000_000,
  deadline: DEADLINE,
  ...overrides,
});

export const signPull = (pull: PullFee, by = PAYER, domain: object = {}): Promise<string> =>
  by._signTypedData(
    { name: 'ParsecFeeEscrow', version: '1', chainId: CHAIN_ID, verifyingContract: FEE_ESCROW, ...domain },
    {
      PullFee: [
        { name: 'orderId', type: 'bytes32' },
        { name: 'payer', type: 'address' },
        { name: 'feeAmount', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    pull,
  );

/** Arguments of `pullFee`, signed by the payer. */
export async function pullArgs(overrides: Partial<PullFee> = {}, by = PAYER): Promise<readonly unknown[]> {
  const pull = pullOf(overrides);
  const affiliate = utils.hexZeroPad('0x00', 20);
  return [pull.orderId, pull.payer, pull.feeAmount, pull.deadline, await signPull(pull, by), affiliate];
}
