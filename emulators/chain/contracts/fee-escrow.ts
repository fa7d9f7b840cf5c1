import { utils } from 'ethers';
import { customError, hexOf, word, type Call, type Contract } from '../evm/contract.ts';
import type { Storage } from '../evm/storage.ts';
import { FEE_ESCROW, TREASURY, USDC, ZERO_ADDRESS } from './addresses.ts';

/** Functions, events and errors of the emulated contract (README, "The escrow contract"). */
export const escrowAbi = new utils.Interface([
  'function pullFee(bytes32 orderId, address payer, uint256 feeAmount, uint256 deadline, bytes signature, address affiliate)',
  'function distribute(bytes32 orderId, uint256 amount)',
  'function refund(bytes32 orderId, uint256 amount)',
  'function escrows(bytes32 orderId) view returns (address payer, address affiliate, uint256 pulled, uint256 distributed, uint256 refunded)',
  'function totalHeld() view returns (uint256)',
  'function operators(address wallet) view returns (bool)',
  'event FeePulled(bytes32 indexed orderId, address indexed payer, uint256 amount)',
  'event FeeDistributed(bytes32 indexed orderId, address indexed affiliate, uint256 treasuryAmount, uint256 affiliateAmount)',
  'event FeeRefunded(bytes32 indexed orderId, address indexed payer, uint256 amount)',
  'error NotOperator(address caller)',
  'error ZeroAmount()',
  'error OrderExists(bytes32 orderId)',
  'error OrderNotFound(bytes32 orderId)',
  'error SignatureExpired()',
  'error InvalidSignature()',
  'error ExceedsRemaining(uint256 requested, uint256 remaining)',
]);

const TYPES = {
  PullFee: [
    { name: 'orderId', type: 'bytes32' },
    { name: 'payer', type: 'address' },
    { name: 'feeAmount', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
};

/** The affiliate's part of what is distributed, in basis points; the treasury has the rest. */
const AFFILIATE_BPS = 2_000n;

const HELD = 'escrow.held';
const operatorSlot = (wallet: string): string => `escrow.operator.${wallet}`;
const slotsOf = (orderId: string) => ({
  payer: `escrow.${orderId}.payer`,
  affiliate: `escrow.${orderId}.affiliate`,
  pulled: `escrow.${orderId}.pulled`,
  distributed: `escrow.${orderId}.distributed`,
  refunded: `escrow.${orderId}.refunded`,
});
const error = (name: string, ...args: readonly unknown[]) => customError(escrowAbi, name, args);
const addressOf = (value: bigint): string => utils.hexZeroPad(utils.hexlify(value), 20);

/** ParsecFeeEscrow, version 1, on this chain. */
export function feeEscrow(chainId: number): Contract {
  const domain = { name: 'ParsecFeeEscrow', version: '1', chainId, verifyingContract: FEE_ESCROW };
  return {
    address: FEE_ESCROW,
    abi: escrowAbi,
    functions: {
      pullFee: (call, args) => {
        requireOperator(call);
        const orderId = hexOf(args[0]);
        const payer = hexOf(args[1]);
        const amount = word(args[2]);
        const slots = slotsOf(orderId);
        if (call.storage.get(slots.payer) !== 0n) throw error('OrderExists', orderId);
        if (amount === 0n) throw error('ZeroAmount');
        if (BigInt(call.timestamp) > word(args[3])) throw error('SignatureExpired');
        const message = { orderId, payer, feeAmount: args[2], deadline: args[3] };
        if (signerOf(domain, message, hexOf(args[4])) !== payer) throw error('InvalidSignature');
        call.call(USDC, 'transferFrom', [payer, FEE_ESCROW, amount]);
        call.storage.set(slots.payer, BigInt(payer));
        call.storage.set(slots.affiliate, BigInt(hexOf(args[5])));
        call.storage.set(slots.pulled, amount);
        call.storage.set(HELD, call.storage.get(HELD) + amount);
        call.emit('FeePulled', [orderId, payer, amount]);
        return [];
      },
      distribute: (call, args) => {
        const orderId = hexOf(args[0]);
        const amount = word(args[1]);
        const slots = take(call, orderId, amount, 'distributed');
        const affiliate = addressOf(call.storage.get(slots.affiliate));
        const share = affiliate === ZERO_ADDRESS ? 0n : (amount * AFFILIATE_BPS) / 10_000n;
        call.call(USDC, 'transfer', [TREASURY, amount - share]);
        if (share > 0n) call.call(USDC, 'transfer', [affiliate, share]);
        call.emit('FeeDistributed', [orderId, affiliate, amount - share, share]);
        return [];
      },
      refund: (call, args) => {
        const orderId = hexOf(args[0]);
        const amount = word(args[1]);
        const payer = addressOf(call.storage.get(take(call, orderId, amount, 'refunded').payer));
        call.call(USDC, 'transfer', [payer, amount]);
        call.emit('FeeRefunded', [orderId, payer, amount]);
        return [];
      },
      escrows: ({ storage }, args) => {
        const slots = slotsOf(hexOf(args[0]));
        const [payer, affiliate, pulled, distributed, refunded] = [
          slots.payer,
          slots.affiliate,
          slots.pulled,
          slots.distributed,
          slots.refunded,
        ].map((slot) => storage.get(slot));
        return [addressOf(payer ?? 0n), addressOf(affiliate ?? 0n), pulled, distributed, refunded];
      },
      totalHeld: ({ storage }) => [storage.get(HELD)],
      operators: ({ storage }, args) => [storage.get(operatorSlot(hexOf(args[0]))) === 1n],
    },
  };
}

/** The control API's hand: who may pull, distribute and refund. */
export function setOperator(storage: Storage, wallet: string): void {
  storage.set(operatorSlot(wallet), 1n);
}

function requireOperator(call: Call): void {
  if (call.storage.get(operatorSlot(call.sender)) !== 1n) throw error('NotOperator', call.sender);
}

/** Takes an amount out of what is held of an order. */
function take(call: Call, orderId: string, amount: bigint, into: 'distributed' | 'refunded') {
  requireOperator(call);
  const slots = slotsOf(orderId);
  const { storage } = call;
  if (storage.get(slots.payer) === 0n) throw error('OrderNotFound', orderId);
  if (amount === 0n) throw error('ZeroAmount');
  const remaining = storage.get(slots.pulled) - storage.get(slots.distributed) - storage.get(slots.refunded);
  if (amount > remaining) throw error('ExceedsRemaining', amount, remaining);
  storage.set(slots[into], storage.get(slots[into]) + amount);
  storage.set(HELD, storage.get(HELD) - amount);
  return slots;
}

/** Lower case, by ethers; undefined when the signature is none. */
function signerOf(
  domain: Parameters<typeof utils.verifyTypedData>[0],
  message: Record<string, unknown>,
  signature: string,
): string | undefined {
  try {
    return utils.verifyTypedData(domain, TYPES, message, signature).toLowerCase();
  } catch {
    return undefined;
  }
}
