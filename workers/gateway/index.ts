import { createApp } from './app.ts';

export { AgentSession } from '../../durable-objects/agent-session/agent-session.ts';
export { Directory } from '../../durable-objects/directory/directory.ts';
export { ExchangeConnector } from '../../durable-objects/exchange-connector/exchange-connector.ts';
export { KeyGate } from '../../durable-objects/key-gate/key-gate.ts';
export { MarketFeed } from '../../durable-objects/market-feed/market-feed.ts';
export { RateGate } from '../../durable-objects/rate-gate/rate-gate.ts';
export { Relayer } from '../../durable-objects/relayer/relayer.ts';
export { SocketHub } from '../../durable-objects/socket-hub/socket-hub.ts';
export { Tenant } from '../../durable-objects/tenant/tenant.ts';
export { TradingAccount } from '../../durable-objects/trading-account/trading-account.ts';

export default createApp();
