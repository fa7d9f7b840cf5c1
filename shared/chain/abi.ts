/** Interfaces of the contracts, as JSON: the reader of human-readable ones weighs more than they do. */
const bytes32 = (name: string) => ({ name, type: 'bytes32' }) as const;
const uint256 = (name: string) => ({ name, type: 'uint256' }) as const;
const address = (name: string) => ({ name, type: 'address' }) as const;

export const escrowAbi = [
  {
    type: 'function',
    name: 'pullFee',
    stateMutability: 'nonpayable',
    inputs: [
      bytes32('orderId'),
      address('payer'),
      uint256('feeAmount'),
      uint256('deadline'),
      { name: 'signature', type: 'bytes' },
      address('affiliate'),
    ],
    outputs: [],
  },
  {
    type: 'function',
    name: 'distribute',
    stateMutability: 'nonpayable',
    inputs: [bytes32('orderId'), uint256('amount')],
    outputs: [],
  },
  {
    type: 'function',
    name: 'refund',
    stateMutability: 'nonpayable',
    inputs: [bytes32('orderId'), uint256('amount')],
    outputs: [],
  },
  {
    type: 'function',
    name: 'escrows',
    stateMutability: 'view',
    inputs: [bytes32('orderId')],
    outputs: [
      address('payer'),
      address('affiliate'),
      uint256('pulled'),
      uint256('distributed'),
      uint256('refunded'),
    ],
  },
  { type: 'error', name: 'NotOperator', inputs: [address('caller')] },
  { type: 'error', name: 'ZeroAmount', inputs: [] },
  { type: 'error', name: 'OrderExists', inputs: [bytes32('orderId')] },
  { type: 'error', name: 'OrderNotFound', inputs: [bytes32('orderId')] },
  { type: 'error', name: 'SignatureExpired', inputs: [] },
  { type: 'error', name: 'InvalidSignature', inputs: [] },
  { type: 'error', name: 'ExceedsRemaining', inputs: [uint256('requested'), uint256('remaining')] },
] as const;

export const erc20Abi = [
  {
    type: 'function',
    name: 'balanceOf',
    stateMutability: 'view',
    inputs: [address('owner')],
    outputs: [uint256('')],
  },
  {
    type: 'function',
    name: 'allowance',
    stateMutability: 'view',
    inputs: [address('owner'), address('spender')],
    outputs: [uint256('')],
  },
] as const;

/** What a token asks of its owner before a contract may move it: ERC-20's, and ERC-1155's. */
export const tokenApprovalAbi = [
  {
    type: 'function',
    name: 'approve',
    stateMutability: 'nonpayable',
    inputs: [address('spender'), uint256('amount')],
    outputs: [{ name: '', type: 'bool' }],
  },
  {
    type: 'function',
    name: 'setApprovalForAll',
    stateMutability: 'nonpayable',
    inputs: [address('operator'), { name: 'approved', type: 'bool' }],
    outputs: [],
  },
] as const;

const collateralMove = [address('asset'), address('to'), uint256('amount')] as const;

/** Between pUSD and the dollars that it is backed by: `wrap` of the onramp, `unwrap` of the offramp. */
export const collateralMoveAbi = [
  { type: 'function', name: 'wrap', stateMutability: 'nonpayable', inputs: collateralMove, outputs: [] },
  { type: 'function', name: 'unwrap', stateMutability: 'nonpayable', inputs: collateralMove, outputs: [] },
] as const;

const uint256s = (name: string) => ({ name, type: 'uint256[]' }) as const;
const collection = [
  address('collateralToken'),
  bytes32('parentCollectionId'),
  bytes32('conditionId'),
] as const;

export const conditionalTokensAbi = [
  {
    type: 'function',
    name: 'splitPosition',
    stateMutability: 'nonpayable',
    inputs: [...collection, uint256s('partition'), uint256('amount')],
    outputs: [],
  },
  {
    type: 'function',
    name: 'mergePositions',
    stateMutability: 'nonpayable',
    inputs: [...collection, uint256s('partition'), uint256('amount')],
    outputs: [],
  },
  {
    type: 'function',
    name: 'redeemPositions',
    stateMutability: 'nonpayable',
    inputs: [...collection, uint256s('indexSets')],
    outputs: [],
  },
  {
    type: 'function',
    name: 'balanceOf',
    stateMutability: 'view',
    inputs: [address('owner'), uint256('id')],
    outputs: [uint256('')],
  },
  {
    type: 'function',
    name: 'getCollectionId',
    stateMutability: 'view',
    inputs: [bytes32('parentCollectionId'), bytes32('conditionId'), uint256('indexSet')],
    outputs: [bytes32('')],
  },
  {
    type: 'function',
    name: 'getPositionId',
    stateMutability: 'view',
    inputs: [address('collateralToken'), bytes32('collectionId')],
    outputs: [uint256('')],
  },
] as const;

export const negRiskAdapterAbi = [
  {
    type: 'function',
    name: 'splitPosition',
    stateMutability: 'nonpayable',
    inputs: [bytes32('conditionId'), uint256('amount')],
    outputs: [],
  },
  {
    type: 'function',
    name: 'mergePositions',
    stateMutability: 'nonpayable',
    inputs: [bytes32('conditionId'), uint256('amount')],
    outputs: [],
  },
  {
    type: 'function',
    name: 'redeemPositions',
    stateMutability: 'nonpayable',
    inputs: [bytes32('conditionId'), uint256s('amounts')],
    outputs: [],
  },
] as const;
