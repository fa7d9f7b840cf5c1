export { createRouter, type Router } from './router.ts';
export { createSessions, type Session, type Sessions } from './sessions.ts';
export type { Agent, AgentCallOptions, AgentPosition } from './agent.ts';
export { call as request } from './call.ts';
export type { CallOptions, ClientOptions } from './options.ts';
export type { Failed, Result, SdkCode, Succeeded } from './result.ts';
export type { Input, OperationName, Reply } from './operation.ts';
export type { Operations, Reason } from './generated/types.ts';
