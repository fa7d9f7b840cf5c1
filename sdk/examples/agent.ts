/**
 * An agent, and whoever runs it: a session with 100 USD in manual mode, whose one suggestion is approved; then the same
 * in auto mode. On paper.
 *
 *   POSTERN_URL=http://127.0.0.1:8787 POSTERN_KEY=<a key that trades> node agent.ts
 *
 * POSTERN_TOKEN_ID names what to buy; without it, an outcome of the first market that is open.
 */
import { createRouter, createSessions, type Agent, type Result } from '@postern/sdk';

const client = {
  url: process.env['POSTERN_URL'] ?? 'http://127.0.0.1:8787',
  apiKey: process.env['POSTERN_KEY'] ?? '',
};

/** Calls never throw. Here the first failure ends the program. */
function must<T>(result: Result<T>): T {
  if (result.success) return result.data;
  console.error(`${result.code}: ${result.error} (request ${result.requestId}, effect: ${result.effect})`);
  process.exit(1);
}

/** The agent's own part: buys for five dollars of one outcome, and sells what it has of others. */
async function act(agent: Agent, tokenId: string): Promise<number | undefined> {
  const { polymarket } = agent.platforms;
  for (const { tokenId: held, formattedShares } of agent.portfolio.positions) {
    if (held === null || held === tokenId) continue;
    must(await polymarket.marketOrder({ tokenId: held, side: 'SELL', size: Number(formattedShares) }));
  }
  const bought = must(await polymarket.marketOrder({ tokenId, side: 'BUY', size: 5 }));
  if ('suggested' in bought) return bought.suggestionId;
  console.log('bought', bought.orderInfo.size, 'shares at', bought.orderInfo.priceUsd);
  return undefined;
}

/** An outcome that can be bought. */
async function anyToken(): Promise<string> {
  const { markets } = must(
    await createRouter(client).markets({ exchanges: 'polymarket', status: 'active', limit: 1 }),
  );
  return markets[0]?.outcomes[0]?.token_id ?? '';
}

const tokenId = process.env['POSTERN_TOKEN_ID'] ?? (await anyToken());

const sessions = createSessions(client);
for (const mode of ['manual', 'auto'] as const) {
  const opened = must(await sessions.create({ mode, allocation_usd: 100, venue: 'paper' }));
  const session = sessions.session(opened.session_id);
  must(await session.start());
  const agent = must(await session.nextRun());
  console.log('session', agent.sessionId, 'run', agent.run, agent.executionMode, agent.portfolio.balances);

  const suggestion = await act(agent, tokenId);
  if (suggestion !== undefined) {
    const approved = must(await session.suggestions.approve(suggestion));
    console.log('approved', approved.suggestionId, approved.status);
  }
  must(await agent.clearSuggestedTransactions());
  const { positions } = must(await agent.platforms.polymarket.positions());
  console.log(
    'positions',
    positions.map(({ outcome, formattedShares }) => `${formattedShares} ${outcome}`),
  );
  must(await session.stop());
}
