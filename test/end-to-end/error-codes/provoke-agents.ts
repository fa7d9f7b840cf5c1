import { agentOf, dataOf, type Agent, type SessionMembers } from '../support/agent.ts';
import type { Answer } from '../support/ask.ts';
import type { Provocations, Stage } from './provoke.ts';
import { newTrader } from '../support/trader.ts';

const agent = async ({ program }: Stage, members: SessionMembers = {}): Promise<Agent> =>
  agentOf(await newTrader(program.file), members);
const buy = (one: Agent, { yes }: Stage): Promise<Answer> =>
  one.order({ tokenId: yes, side: 'BUY', size: 1, idempotencyKey: 'said twice' });

/** Refusals of the agents' surface. */
export const agentsProvocations: Provocations = {
  SESSION_NOT_FOUND: async ({ program }) => {
    const trader = await newTrader(program.file);
    return (headers) => trader.call('GET', '/v1/sessions/1', undefined, headers);
  },
  SESSION_STATE_CONFLICT: async (stage) => {
    const one = await agent(stage, { started: false });
    return () => buy(one, stage);
  },
  ATTEMPT_CONFLICT: async (stage) => {
    const one = await agent(stage);
    await buy(one, stage);
    return () => buy(one, stage);
  },
  POSITION_NOT_HELD: async (stage) => {
    const one = await agent(stage);
    return () => one.redeem([stage.yes]);
  },
  SUGGESTION_NOT_FOUND: async (stage) => {
    const one = await agent(stage, { mode: 'manual' });
    return () => one.approve(1);
  },
  SUGGESTION_CONFLICT: async (stage) => {
    const one = await agent(stage, { mode: 'manual' });
    const id = Number(dataOf(await buy(one, stage))['suggestionId']);
    await one.approve(id);
    return () => one.approve(id);
  },
};
