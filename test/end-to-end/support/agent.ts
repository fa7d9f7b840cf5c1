import { expect } from 'vitest';
import type { Reason } from '../../../shared/errors/catalogue.ts';
import { member, type Answer } from './ask.ts';
import type { Trader } from './trader.ts';

/** A session of a trader's, and what its agent asks. */
export interface Agent {
  readonly id: string;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  readonly order: (body: object) => Promise<Answer>;
  readonly redeem: (tokenIds: readonly string[], idempotencyKey?: string) => Promise<Answer>;
  readonly positions: () => Promise<Answer>;
  readonly change: (verb: 'start' | 'pause' | 'stop') => Promise<Answer>;
  readonly approve: (suggestion: number) => Promise<Answer>;
}

/** Members of its creation, and whether it is started. */
export interface SessionMembers {
  readonly started?: boolean;
  readonly mode?: 'auto' | 'manual';
  readonly venue?: 'paper' | 'polymarket';
  readonly allocation_usd?: number | string;
}

/** Opens a session, auto and with 1,000 dollars unless told otherwise, and starts it. */
export async function agentOf(
  trader: Trader,
  { started = true, ...members }: SessionMembers = {},
): Promise<Agent> {
  const opened = await trader.call('POST', '/v1/sessions', {
    mode: 'auto',
    allocation_usd: 1_000,
    ...members,
  });
  expect(opened.status, opened.text).toBe(201);
  const id = String(dataOf(opened)['session_id']);
  const call: Agent['call'] = (method, path, body) => trader.call(method, path, body, { 'x-session-id': id });
  const agent: Agent = {
    id,
    call,
    order: (body) => call('POST', '/v1/platforms/polymarket/market-order', body),
    redeem: (tokenIds, idempotencyKey) =>
      call('POST', '/v1/platforms/polymarket/redeem-positions', { tokenIds, idempotencyKey }),
    positions: () => call('GET', '/v1/platforms/polymarket/positions'),
    change: (verb) => call('POST', `/v1/sessions/${id}/${verb}`),
    approve: (suggestion) => call('POST', `/v1/sessions/suggestions/${suggestion}/approve`),
  };
  if (started) expect((await agent.change('start')).status).toBe(200);
  return agent;
}

/** The data of a success. */
export function dataOf(answer: Answer): Readonly<Record<string, unknown>> {
  expect([member(answer, 'success'), member(answer, 'error')], answer.text).toEqual([true, null]);
  // The reply's schema says so.
  return member(answer, 'data') as Readonly<Record<string, unknown>>;
}

/** A refusal of this surface: status, code, `success` false and a sentence, and nothing else. */
export function expectRefused(answer: Answer, status: number, code: Reason, sentence?: string): void {
  expect([answer.status, answer.code], answer.text).toEqual([status, code]);
  expect(Object.keys(answer.json ?? {}).toSorted()).toEqual(['error', 'success']);
  expect(member(answer, 'success')).toBe(false);
  expect(String(member(answer, 'error')).length).toBeGreaterThan(8);
  if (sentence !== undefined) expect(member(answer, 'error')).toBe(sentence);
}
