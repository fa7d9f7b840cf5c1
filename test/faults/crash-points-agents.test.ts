import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import {
  agentOf,
  dataOf,
  expectRefused,
  type Agent,
  type SessionMembers,
} from '../end-to-end/support/agent.ts';
import type { Answer } from '../end-to-end/support/ask.ts';
import { newTrader, type Trader } from '../end-to-end/support/trader.ts';
import { venueTrader, type VenueTrader } from '../end-to-end/support/v1-polymarket-stage.ts';
import { fundWallet } from '../end-to-end/support/venue-accounts.ts';
import { controlVenue } from '../support/control.ts';
import { killAt, moveClock, startInstrumented } from '../support/instruments.ts';
import { openMarket, setBook } from '../support/markets.ts';
import type { OwnProgram } from '../support/program.ts';

// As crash-points.test.ts, for agents' sessions: a process that comes back says the same again under its stable key.

interface Market {
  readonly condition: string;
  readonly yes: string;
}

let program: OwnProgram;
let market: Market;
let resolved: Market;
let owner: VenueTrader;
beforeAll(async () => {
  program = await startInstrumented();
  const { file } = program;
  let seen = 0;
  market = await openMarket(file);
  resolved = await openMarket(file, ({ minimum_tick_size, neg_risk }) => {
    return minimum_tick_size === 0.01 && !neg_risk && seen++ === 1;
  });
  for (const { yes } of [market, resolved]) {
    const levels = [{ price: '0.50', size: '50000' }];
    await setBook(file, yes, { bids: [{ price: '0.40', size: '50000' }], asks: levels });
  }
  owner = await venueTrader(file, { keyed: true });
  const { address } = owner.account;
  await fundWallet(file, address, '1000');
  const funds = { address, usdc: '90000000', allowances: { ctf: '9000000000' } };
  await controlVenue(file, 'fund', funds, 'POST', 'chain');
});
afterAll(() => program.stop());

const onPolymarket: SessionMembers = { venue: 'polymarket', allocation_usd: 30 };
const buy = (agent: Agent, { yes }: Market = market): Promise<Answer> =>
  agent.order({ tokenId: yes, side: 'BUY', size: 10, idempotencyKey: 'stable' });
/** Shares that a session holds of a token. */
async function shares(agent: Agent, { yes }: Market = market): Promise<number> {
  const rows = dataOf(await agent.positions())['positions'] as readonly Readonly<Record<string, unknown>>[];
  return Number(rows.find((row) => row['tokenId'] === yes)?.['formattedShares'] ?? 0);
}

describe('kill -9 during an order of a session', () => {
  test.each<[FaultPoint, SessionMembers]>([
    ['session/attempt/written', {}],
    ['session/attempt/written', onPolymarket],
  ])('%s %o: nothing has happened; the same key runs once', async (point, members) => {
    const agent = await agentOf(owner, members);
    await killAt(program, point, () => buy(agent));
    expect(await shares(agent)).toBe(0);
    expect((await buy(agent)).status).toBe(200);
    expectRefused(await buy(agent), 409, 'ATTEMPT_CONFLICT');
    expect(await shares(agent)).toBe(20);
    await agent.change('stop');
  });

  test.each<[FaultPoint, SessionMembers]>([
    ['session/attempt/answered', {}],
    ['session/attempt/answered', onPolymarket],
    ['account/live/answered', onPolymarket],
  ])('%s %o: it was executed; the same key is a conflict, and it is held', async (point, members) => {
    const agent = await agentOf(owner, members);
    await killAt(program, point, () => buy(agent));
    for (let said = 0; said < 2; said += 1) expectRefused(await buy(agent), 409, 'ATTEMPT_CONFLICT');
    expect(await shares(agent)).toBe(20);
    await agent.change('stop');
  });
});

describe('kill -9 during an approval', () => {
  test.each<[FaultPoint, number]>([
    ['session/suggestion/executing', 200],
    ['session/suggestion/answered', 409],
  ])('%s: approved again it is %i, and executed once', async (point, status) => {
    const agent = await agentOf(await newTrader(program.file), { mode: 'manual' });
    const id = Number(dataOf(await buy(agent))['suggestionId']);
    await killAt(program, point, () => agent.approve(id));
    expect((await agent.approve(id)).status).toBe(status);
    expectRefused(await agent.approve(id), 409, 'SUGGESTION_CONFLICT');
    expect(await shares(agent)).toBe(20);
  });
});

describe('kill -9 while a session opens or stops', () => {
  const opens = (trader: Trader): Promise<Answer> =>
    trader.call('POST', '/v1/sessions', { mode: 'auto', allocation_usd: 9_000 });

  test('session/open/recorded: it is listed, can be stopped, and takes nothing from the next one', async () => {
    const trader = await newTrader(program.file);
    await killAt(program, 'session/open/recorded', () => opens(trader));
    const { sessions } = dataOf(await trader.call('GET', '/v1/sessions')) as {
      readonly sessions: readonly { readonly session_id: number }[];
    };
    expect(sessions).toHaveLength(1);
    expect((await trader.call('POST', `/v1/sessions/${sessions[0]?.session_id}/stop`)).status).toBe(200);
    expect((await opens(trader)).status).toBe(201);
  });

  test('session/stop/recorded: what it had is given back by its alarm', async () => {
    const trader = await newTrader(program.file);
    const agent = await agentOf(trader, { allocation_usd: 9_000 });
    await killAt(program, 'session/stop/recorded', () => agent.change('stop'));
    await expect.poll(async () => (await opens(trader)).status).toBe(201);
  });
});

describe('kill -9 during a redemption', () => {
  test('each is paid once, on paper and on chain', async () => {
    const { file } = program;
    const paper = await agentOf(owner);
    const unsent = await agentOf(owner, onPolymarket);
    const [{ agent: sent }, account] = [await onChain(), await onChain()];
    for (const agent of [paper, unsent, sent, account.agent])
      expect((await buy(agent, resolved)).status).toBe(200);
    const split = { condition_id: resolved.condition, amount: 40 };
    expect((await owner.call('POST', '/api/v1/polymarket/ctf/split', split)).status).toBe(200);
    const payouts = { condition_id: resolved.condition, payouts: [1, 0] };
    await controlVenue(file, 'resolve', payouts, 'POST', 'chain');
    await controlVenue(file, 'resolve', { condition_id: resolved.condition, winner: resolved.yes });
    await moveClock(program, { kind: 'advance', ms: 6_000 });
    const redeem = (agent: Agent) => agent.redeem([resolved.yes], 'redeem');

    await killAt(program, 'account/allocation/paid', () => redeem(paper));
    expect(dataOf(await redeem(paper))).toMatchObject([{ success: true }]);
    expectRefused(await redeem(paper), 409, 'ATTEMPT_CONFLICT');

    await killAt(program, 'account/ctf/written', () => redeem(unsent));
    // The signed bytes may have left: they alone are asked after, and sent again, never others.
    await expect.poll(async () => (await redeem(unsent)).status).toBe(409);
    await expect.poll(() => shares(unsent, resolved)).toBe(0);

    await killAt(program, 'account/ctf/sent', () => redeem(sent));
    await expect.poll(async () => (await redeem(sent)).status).toBe(409);
    await expect.poll(() => shares(sent, resolved)).toBe(0);

    // Redeemed by the account itself, shares are paid to the session that holds them.
    const body = { condition_id: resolved.condition };
    const again = () => account.trader.call('POST', '/api/v1/polymarket/ctf/redeem', body);
    await killAt(program, 'account/ctf/sent', again);
    await expect.poll(() => shares(account.agent, resolved)).toBe(0);
    const { balances } = dataOf(await account.agent.call('GET', '/v1/positions/current'));
    expect(balances).toEqual([{ asset: 'pUSD', amount: '40', inFlight: '0' }]);
  });

  /** Of a wallet of its own: a redemption takes all that a wallet has of a market. */
  async function onChain(): Promise<{ readonly trader: Trader; readonly agent: Agent }> {
    const { file } = program;
    const trader = await venueTrader(file, { keyed: true });
    const { address } = trader.account;
    await fundWallet(file, address, '100');
    const funds = { address, usdc: '90000000', allowances: { ctf: '9000000000' } };
    await controlVenue(file, 'fund', funds, 'POST', 'chain');
    const split = { condition_id: resolved.condition, amount: 20 };
    expect((await trader.call('POST', '/api/v1/polymarket/ctf/split', split)).status).toBe(200);
    return { trader, agent: await agentOf(trader, onPolymarket) };
  }
});
