import { Contract, providers, utils, Wallet } from 'ethers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import {
  CONDITIONAL_TOKENS,
  NEG_RISK_ADAPTER,
  USDC,
  WRAPPED_COLLATERAL,
} from '../../emulators/chain/contracts/addresses.ts';
import { ERC20_ABI, run, view } from '../../emulators/chain/test/support.ts';
import { controlVenue } from '../support/control.ts';
import { markets } from '../support/markets.ts';
import { member, textOf, type Answer } from './support/ask.ts';
import { expectRouterRefusal } from './support/builder.ts';
import { newKey } from './support/live-stage.ts';
import { newTrader, type Trader } from './support/trader.ts';
import { clobAccount } from './support/venue-accounts.ts';

const file = inject('postern');
const provider = new providers.StaticJsonRpcProvider(file.emulators.chain, 137);
const tokens = new Contract(
  CONDITIONAL_TOKENS,
  [
    'function getCollectionId(bytes32 parent, bytes32 condition, uint256 indexSet) view returns (bytes32)',
    'function getPositionId(address collateral, bytes32 collection) pure returns (uint256)',
    'function balanceOf(address owner, uint256 id) view returns (uint256)',
    'function setApprovalForAll(address operator, bool approved)',
  ],
  provider,
);
const usdc = new Contract(USDC, ERC20_ABI, provider);
const control = (name: string, body: Readonly<Record<string, unknown>>): Promise<void> =>
  controlVenue(file, name, body, 'POST', 'chain');

/** 9 USDC, and both contracts may take more. */
const FUNDS = { usdc: '9000000', allowances: { ctf: '9000000000', neg_risk_adapter: '9000000000' } };

let trader: Trader;
let wallet: Wallet;
let condition: Readonly<Record<'plain' | 'neg_risk', string>>;
beforeAll(async () => {
  const all = await markets(file);
  // The last of each kind: no other test resolves them.
  const idOf = (negRisk: boolean): string =>
    all.findLast(({ neg_risk, accepting_orders }) => accepting_orders && neg_risk === negRisk)
      ?.condition_id ?? '';
  condition = { plain: idOf(false), neg_risk: idOf(true) };
  wallet = Wallet.createRandom();
  await control('fund', { address: wallet.address, ...FUNDS });
  // The adapter takes shares only from wallets that let it: their own business.
  await run(tokens.connect(wallet.connect(provider)), 'setApprovalForAll', NEG_RISK_ADAPTER, true);
  trader = await onboarded({ private_key: wallet.privateKey });
});

async function onboarded(members: object): Promise<Trader> {
  const { wire } = await clobAccount(file, wallet);
  const made = await newTrader(file);
  const body = { exchange: 'polymarket', mode: 'self', ...wire, ...members };
  const answer = await made.call('POST', '/api/v1/onboard', body);
  expect(answer.status, answer.text).toBe(200);
  return made;
}

const ctf = (what: 'split' | 'merge' | 'redeem', body: object, headers = {}): Promise<Answer> =>
  trader.call('POST', `/api/v1/polymarket/ctf/${what}`, body, headers);
const sent = (): Promise<number> => provider.getTransactionCount(wallet.address);

/** USDC and shares of both outcomes, base units, as the chain has them. */
async function balances(of: keyof typeof condition): Promise<readonly number[]> {
  const collateral = of === 'plain' ? USDC : WRAPPED_COLLATERAL;
  const shares = [1, 2].map(async (indexSet) => {
    const collection = await view(
      tokens,
      'getCollectionId',
      utils.hexZeroPad('0x', 32),
      condition[of],
      indexSet,
    );
    const id = await view(tokens, 'getPositionId', collateral, collection);
    return Number(await view(tokens, 'balanceOf', wallet.address, id));
  });
  return Promise.all([view(usdc, 'balanceOf', wallet.address).then(Number), ...shares]);
}

/** It was mined under the hash that it told. */
async function expectMined(answer: Answer): Promise<void> {
  expect([answer.status, member(answer, 'status')], answer.text).toEqual([200, 'confirmed']);
  const receipt = await provider.getTransactionReceipt(textOf(answer, 'transaction_hash'));
  expect([receipt.status, receipt.from]).toEqual([1, wallet.address]);
}

describe('conditional tokens of the own wallet', () => {
  test('split, merge, and redeem once the market is decided: to the micro-dollar', async () => {
    const condition_id = condition.plain;
    await expectMined(await ctf('split', { condition_id, amount: 3.5 }));
    expect(await balances('plain')).toEqual([5_500_000, 3_500_000, 3_500_000]);
    await expectMined(await ctf('merge', { condition_id, amount: '1000001' }));
    expect(await balances('plain')).toEqual([6_500_001, 2_499_999, 2_499_999]);
    const early = await ctf('redeem', { condition_id });
    expectRouterRefusal(early, 400, 'validation_error', 'INVALID_ORDER_PAYLOAD');
    expect(textOf(early, 'error')).toContain('result for condition not received yet');
    await control('resolve', { condition_id, payouts: [1, 0] });
    await expectMined(await ctf('redeem', { condition_id, neg_risk: false }));
    expect(await balances('plain')).toEqual([9_000_000, 0, 0]);
  });

  test('a neg-risk market goes through its adapter without being told', async () => {
    const condition_id = condition.neg_risk;
    await expectMined(await ctf('split', { condition_id, amount: 2 }));
    expect(await balances('neg_risk')).toEqual([7_000_000, 2_000_000, 2_000_000]);
    await expectMined(await ctf('merge', { condition_id, amount: 2 }));
    expect(await balances('neg_risk')).toEqual([9_000_000, 0, 0]);
  });

  test('said again under its key: the first reply, and one transaction', async () => {
    const [headers, condition_id, before] = [newKey(), condition.neg_risk, await sent()];
    const body = { condition_id, amount: 1 };
    const first = await ctf('split', body, headers);
    await expectMined(first);
    const again = await ctf('split', body, headers);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    const other = await ctf('split', { condition_id, amount: 2 }, headers);
    expectRouterRefusal(other, 409, 'conflict', 'IDEMPOTENCY_KEY_REUSE');
    expect(await sent()).toBe(before + 1);
    await expectMined(await ctf('merge', body));
  });

  test('five at once: each once', async () => {
    const before = await sent();
    const body = { condition_id: condition.neg_risk, amount: 0.1 };
    for (const answer of await Promise.all(Array.from({ length: 5 }, () => ctf('split', body)))) {
      await expectMined(answer);
    }
    expect(await sent()).toBe(before + 5);
    await expectMined(await ctf('merge', { ...body, amount: 0.5 }));
  });
});

describe('what cannot be done is refused, and nothing is sent', () => {
  test.each([
    ['split', { amount: 1000 }, 402, 'insufficient_funds', 'INSUFFICIENT_BALANCE'],
    ['merge', { amount: 1000 }, 402, 'insufficient_funds', 'INSUFFICIENT_POSITION'],
    ['split', { amount: 0 }, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['split', { amount: -1 }, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['merge', { amount: 1e-7 }, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['split', { amount: 1, neg_risk: true }, 400, 'validation_error', 'VALIDATION_FAILED'],
    // Whoever writes text means base units: a millionfold must not come of a decimal point.
    ['split', { amount: '1.5' }, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['split', { amount: '99999999999999999999' }, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['redeem', { amounts: [1] }, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['redeem', { neg_risk: false }, 400, 'validation_error', 'VALIDATION_FAILED'],
    ['split', { condition_id: '0x1', amount: 1 }, 400, 'validation_error', 'VALIDATION_FAILED'],
    [
      'split',
      { condition_id: `0x${'0'.repeat(64)}`, amount: 1 },
      404,
      'market_not_found',
      'MARKET_NOT_FOUND',
    ],
  ] as const)('%s %o', async (what, members, status, code, reason) => {
    const before = await sent();
    expectRouterRefusal(
      await ctf(what, { condition_id: condition.neg_risk, ...members }),
      status,
      code,
      reason,
    );
    expect(await sent()).toBe(before);
  });

  test.each(['x-exchange-credentials', 'x-postern-wallet', 'x-postern-venue'])(
    'a request that may mean another wallet (%s) moves nothing of this',
    async (header) => {
      const before = await sent();
      const answer = await ctf('split', { condition_id: condition.neg_risk, amount: 0.1 }, { [header]: '1' });
      expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
      expect(await sent()).toBe(before);
    },
  );

  test('an account without credentials, without a private key, or with a Safe says so', async () => {
    const split = (who: Trader) =>
      who.call('POST', '/api/v1/polymarket/ctf/split', { condition_id: condition.neg_risk, amount: 1 });
    const nothing = await split(await newTrader(file));
    expectRouterRefusal(nothing, 403, 'credentials_required', 'CREDENTIALS_REQUIRED');
    const keyOnly = await split(await onboarded({ funder: wallet.address }));
    expectRouterRefusal(keyOnly, 403, 'credentials_required', 'CREDENTIALS_REQUIRED');
    expect(textOf(keyOnly, 'error')).toContain('private key');
    const funder = `0x${'5a'.repeat(20)}`;
    const safe = await onboarded({ private_key: wallet.privateKey, signature_type: 2, funder });
    expectRouterRefusal(await split(safe), 501, 'not_supported', 'NOT_SUPPORTED');
  });
});
