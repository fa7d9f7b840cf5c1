import { Contract, providers, Wallet } from 'ethers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { CONDITIONAL_TOKENS, NEG_RISK_ADAPTER } from '../../emulators/chain/contracts/addresses.ts';
import { run } from '../../emulators/chain/test/support.ts';
import { controlVenue } from '../support/control.ts';
import { openMarket, setBook, slowMarket } from '../support/markets.ts';
import { agentOf, dataOf, expectRefused, type Agent, type SessionMembers } from './support/agent.ts';
import { member, type Answer } from './support/ask.ts';
import { newTrader } from './support/trader.ts';
import { clobAccount, fundWallet } from './support/venue-accounts.ts';
import { venueTrader, type VenueTrader } from './support/v1-polymarket-stage.ts';

const file = inject('postern');

interface Market {
  readonly condition: string;
  readonly yes: string;
  readonly no: string;
}

interface Ask {
  readonly price: string;
  readonly size: string;
}

/** A market that no other test trades or resolves: a plain one with a tick of 0.001. */
async function marketWith(asks: readonly Ask[], nth: number): Promise<Market> {
  let seen = 0;
  return bookedMarket(
    asks,
    ({ minimum_tick_size, neg_risk }) => minimum_tick_size === 0.001 && !neg_risk && seen++ === nth,
  );
}

async function bookedMarket(
  asks: readonly Ask[],
  fits: NonNullable<Parameters<typeof openMarket>[1]>,
): Promise<Market> {
  const market = await openMarket(file, fits);
  await setBook(file, market.yes, { bids: [{ price: '0.40', size: '5000' }], asks });
  return market;
}

let market: Market;
let trader: VenueTrader;
beforeAll(async () => {
  market = await marketWith([{ price: '0.50', size: '50000' }], 0);
  trader = await venueTrader(file, { keyed: true });
  await fundWallet(file, trader.account.address, '100');
});

const session = (members: SessionMembers = {}): Promise<Agent> =>
  agentOf(trader, { venue: 'polymarket', allocation_usd: 30, ...members });
const buy = (size: number, members: object = {}): object => ({
  tokenId: market.yes,
  side: 'BUY',
  size,
  ...members,
});
const held = async (agent: Agent): Promise<readonly unknown[]> =>
  // The reply's schema says so.
  dataOf(await agent.positions())['positions'] as readonly unknown[];
const cashOf = async (agent: Agent): Promise<number> => {
  const [cash] = dataOf(await agent.call('GET', '/v1/positions/current'))['balances'] as readonly {
    readonly amount: string;
    readonly inFlight: string;
  }[];
  expect(cash?.inFlight).toBe('0');
  return Number(cash?.amount);
};
const refusal = ({ status, code }: Answer): readonly unknown[] => [status, code];

describe('a session on Polymarket', () => {
  test('trades with its own part of the wallet, and the account with the rest', async () => {
    const [one, other] = [await session(), await session()];
    const bought = await one.order(buy(10, { idempotencyKey: 'k' }));
    expect(dataOf(bought)['orderInfo']).toMatchObject({
      orderId: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown,
      size: '20',
      priceUsd: '0.5',
      totalPriceUsd: '10',
    });
    expectRefused(await one.order(buy(10, { idempotencyKey: 'k' })), 409, 'ATTEMPT_CONFLICT');
    expectRefused(await one.order(buy(21)), 400, 'INSUFFICIENT_BALANCE', 'Insufficient balance');
    const sell = { tokenId: market.yes, side: 'SELL', size: 10 };
    expectRefused(await other.order(sell), 400, 'INSUFFICIENT_POSITION');
    const sold = await one.order(sell);
    expect(dataOf(sold)['orderInfo']).toMatchObject({ size: '10', totalPriceUsd: '4' });
    expect(await held(one)).toMatchObject([{ formattedShares: '10', averagePriceUsd: '0.5' }]);
    const cash = await cashOf(one);
    expect(cash).toBeLessThanOrEqual(24);
    expect(cash).toBeGreaterThan(23);
    // Some 54 dollars of the wallet are the sessions', and all of the shares.
    const whole = await trader.call('GET', '/api/v1/balance?exchange=polymarket');
    const free = Math.floor(Number(member(whole, 'available')) - 30 - cash);
    const own = (body: object): Promise<Answer> =>
      trader.call('POST', '/api/v1/orders?exchange=polymarket', {
        market_id: market.condition,
        outcome: 'Yes',
        ...body,
      });
    expect(refusal(await own({ side: 'sell', price: 0.4, size: 5 }))).toEqual([402, 'INSUFFICIENT_POSITION']);
    expect(refusal(await own({ side: 'buy', price: 0.1, size: free * 10 + 20 }))).toEqual([
      402,
      'INSUFFICIENT_BALANCE',
    ]);
    // An order that takes pays a fee as well.
    const rest = { side: 'buy', price: 0.1, size: (free - 5) * 10 };
    expect(refusal(await own(rest))).toEqual([402, 'INSUFFICIENT_BALANCE']);
    expect((await own({ ...rest, params: { post_only: true } })).status).toBe(200);
    // What rests is reserved: neither another session nor the account gets it as well.
    const more = { mode: 'auto', venue: 'polymarket', allocation_usd: 10 };
    expectRefused(await trader.call('POST', '/v1/sessions', more), 400, 'INSUFFICIENT_BALANCE');
    expect(refusal(await own({ side: 'buy', price: 0.1, size: 100 }))).toEqual([402, 'INSUFFICIENT_BALANCE']);
  });

  test('in manual mode nothing reaches the venue before the approval', async () => {
    const agent = await session({ mode: 'manual', allocation_usd: 4 });
    const suggested = await agent.order(buy(2));
    expect(await held(agent)).toEqual([]);
    const id = Number(dataOf(suggested)['suggestionId']);
    expect(dataOf(await agent.approve(id))['result']).toMatchObject({ orderInfo: { size: '4' } });
    expectRefused(await agent.approve(id), 409, 'SUGGESTION_CONFLICT');
    expect(await held(agent)).toMatchObject([{ formattedShares: '4' }]);
  });

  test('beyond the worst price of a suggestion the venue executes nothing', async () => {
    const owner = await venueTrader(file, { keyed: true });
    const agent = await agentOf(owner, { venue: 'polymarket', mode: 'manual', allocation_usd: 4 });
    const moving = await marketWith([{ price: '0.50', size: '500' }], 2);
    const suggested = await agent.order(buy(2, { tokenId: moving.yes }));
    const id = Number(dataOf(suggested)['suggestionId']);
    const bids = [{ price: '0.40', size: '500' }];
    await setBook(file, moving.yes, { bids, asks: [{ price: '0.60', size: '500' }] });
    const beyond = 'The price has moved beyond the worst price of 0.51';
    expectRefused(await agent.approve(id), 409, 'SUGGESTION_CONFLICT', beyond);
    expect(await cashOf(agent)).toBe(4);
    await setBook(file, moving.yes, { bids, asks: [{ price: '0.51', size: '500' }] });
    expect(dataOf(await agent.approve(id))['status']).toBe('executed');
  });

  test('many orders at once spend no more than its part, and are all told apart', async () => {
    const owner = await venueTrader(file, { keyed: true });
    await fundWallet(file, owner.account.address, '100');
    const open = { venue: 'polymarket', allocation_usd: 35 } as const;
    const agents = [await agentOf(owner, open), await agentOf(owner, open)];
    const answers = await Promise.all(
      agents.flatMap((agent) => Array.from({ length: 5 }, () => agent.order(buy(10)))),
    );
    const codes = answers.map(({ code }) => code);
    // Three of ten dollars each fit in either part.
    expect(codes.filter((code) => code === null)).toHaveLength(6);
    expect(new Set(codes)).toEqual(new Set([null, 'INSUFFICIENT_BALANCE']));
    for (const agent of agents) {
      expect(await held(agent)).toMatchObject([{ formattedShares: '60' }]);
      expect(await cashOf(agent)).toBeGreaterThanOrEqual(0);
      expect(await cashOf(agent)).toBeLessThanOrEqual(5);
    }
  });

  test('an order that the venue holds back is booked once it is executed', async () => {
    const owner = await venueTrader(file, { keyed: true });
    await fundWallet(file, owner.account.address, '100');
    const yes = (await slowMarket(file)).tokens[0]?.token_id ?? '';
    await setBook(file, yes, { bids: [], asks: [{ price: '0.50', size: '500' }] });
    const agent = await agentOf(owner, { venue: 'polymarket', allocation_usd: 15 });
    const order = buy(10, { tokenId: yes, idempotencyKey: 'k' });
    expect(dataOf(await agent.order(order))['orderInfo']).toMatchObject({ size: '0', txHashes: [] });
    expectRefused(await agent.order(order), 409, 'ATTEMPT_CONFLICT');
    const executed = () => held(agent);
    await expect.poll(executed).toMatchObject([{ formattedShares: '20' }]);
    expect(await cashOf(agent)).toBeLessThanOrEqual(5);
  });

  test('trades with no other wallet than the one that it was opened on', async () => {
    const moved = await venueTrader(file, { keyed: true });
    await fundWallet(file, moved.account.address, '100');
    const agent = await agentOf(moved, { venue: 'polymarket' });
    const other = await clobAccount(file);
    await moved.call('DELETE', '/api/v1/onboard?exchange=polymarket');
    const whose = { private_key: other.privateKey, ...other.wire };
    const body = { exchange: 'polymarket', mode: 'self', ...whose };
    expect((await moved.call('POST', '/api/v1/onboard', body)).status).toBe(200);
    expectRefused(await agent.order(buy(1)), 409, 'SESSION_STATE_CONFLICT');
    expect(await cashOf(agent)).toBe(1_000);
  });

  test('is opened only by an account that the venue knows', async () => {
    const body = { mode: 'auto', venue: 'polymarket', allocation_usd: 1 };
    const answer = await (await newTrader(file)).call('POST', '/v1/sessions', body);
    expectRefused(answer, 403, 'CREDENTIALS_REQUIRED');
  });
});

// At once: both wait for the gateway to hear of a market's end.
describe.concurrent('redeeming on chain', () => {
  const chain = (what: string, body: Readonly<Record<string, unknown>>): Promise<void> =>
    controlVenue(file, what, body, 'POST', 'chain');

  /** A wallet that has 40 of each outcome, on chain too, and two sessions that hold 20 Yes each. */
  async function holders(resolving: Market) {
    const owner = await venueTrader(file, { keyed: true });
    const { address, privateKey } = owner.account;
    await fundWallet(file, address, '100');
    const allowances = { ctf: '9000000000', neg_risk_adapter: '9000000000' };
    await chain('fund', { address, usdc: '40000000', allowances });
    const provider = new providers.StaticJsonRpcProvider(file.emulators.chain, 137);
    const abi = ['function setApprovalForAll(address operator, bool approved)'];
    const tokens = new Contract(CONDITIONAL_TOKENS, abi, new Wallet(privateKey, provider));
    await run(tokens, 'setApprovalForAll', NEG_RISK_ADAPTER, true);
    const split = { condition_id: resolving.condition, amount: 40 };
    expect((await owner.call('POST', '/api/v1/polymarket/ctf/split', split)).status).toBe(200);
    const open = { venue: 'polymarket', allocation_usd: 30 } as const;
    const [one, other] = [await agentOf(owner, open), await agentOf(owner, open)];
    for (const agent of [one, other]) await agent.order(buy(10, { tokenId: resolving.yes }));
    return { owner, split, one, other };
  }

  /** Yes has won, there and on chain, and the gateway has heard of it. */
  async function resolveYes({ condition, yes }: Market, holder: Agent): Promise<void> {
    await chain('resolve', { condition_id: condition, payouts: [1, 0] });
    await controlVenue(file, 'resolve', { condition_id: condition, winner: yes }, 'POST', 'polymarket');
    await expect
      .poll(() => held(holder))
      .toContainEqual(expect.objectContaining({ tokenId: yes, isRedeemable: true }));
  }

  test('of a neg-risk market each session redeems its own shares, and nobody else is paid', async () => {
    let seen = 0;
    const contested = await bookedMarket(
      [{ price: '0.50', size: '5000' }],
      ({ minimum_tick_size, neg_risk }) => minimum_tick_size === 0.01 && neg_risk && seen++ === 4,
    );
    const { one, other } = await holders(contested);
    await resolveYes(contested, one);
    const before = [await cashOf(one), await cashOf(other)] as const;
    // Said twice at once, under two keys: the second finds the shares on their way, or gone.
    const twins = await Promise.all(['a', 'b'].map((key) => one.redeem([contested.yes], key)));
    expect(twins.filter(({ text }) => /"data":\[\{"success":true/.test(text))).toHaveLength(1);
    expect([await cashOf(one), await cashOf(other)]).toEqual([before[0] + 20, before[1]]);
    expectRefused(await one.redeem([contested.yes]), 404, 'POSITION_NOT_HELD');
    // The wallet still has what the other one holds: the chain takes no more than there is.
    expect(dataOf(await other.redeem([contested.yes]))).toMatchObject([{ success: true }]);
    expect(await cashOf(other)).toBe(before[1] + 20);
  });

  test('pays every session that holds some, once, and skips what is not settled', async () => {
    const resolving = await marketWith([{ price: '0.50', size: '5000' }], 1);
    const { owner, split, one, other } = await holders(resolving);
    await one.order(buy(5));
    // The account itself cannot merge what is theirs away.
    const merge = await owner.call('POST', '/api/v1/polymarket/ctf/merge', { ...split, amount: 1 });
    expect(refusal(merge)).toEqual([402, 'INSUFFICIENT_POSITION']);
    expect(dataOf(await one.redeem([resolving.yes], 'early'))).toMatchObject([
      { success: false, transactionHash: null, skippedReason: expect.any(String) as unknown },
    ]);
    await resolveYes(resolving, one);
    expectRefused(await one.redeem([resolving.yes, resolving.no]), 404, 'POSITION_NOT_HELD');
    const before = [await cashOf(one), await cashOf(other)] as const;
    const redeemed = await one.redeem([resolving.yes, market.yes], 'early');
    expect(dataOf(redeemed)).toMatchObject([
      {
        success: true,
        transactionHash: expect.stringMatching(/^0x/) as unknown,
        position: { valueUsd: '20' },
      },
      { success: false, transactionHash: null },
    ]);
    expectRefused(await one.redeem([market.yes], 'early'), 409, 'ATTEMPT_CONFLICT');
    // A plain redemption takes all that the wallet has: the other session is paid with it.
    expect(await cashOf(one)).toBeCloseTo(before[0] + 20, 6);
    expect(await cashOf(other)).toBeCloseTo(before[1] + 20, 6);
    expectRefused(await other.redeem([resolving.yes]), 404, 'POSITION_NOT_HELD');
    expect(member(await one.positions(), 'success')).toBe(true);
  });
});
