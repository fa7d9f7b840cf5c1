import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Reason } from '../../../shared/errors/catalogue.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

/** One reply, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where it is not JSON. */
  readonly json: unknown;
  /** `X-Polysim-Code`. */
  readonly code: string | null;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is; wins over `body`. */
  readonly raw?: Raw;
}

/** What `fetch` takes as a body. */
export type Raw = NonNullable<RequestInit['body']>;

/** Sends one request. An address of its own keeps it out of other tests' public limit. */
export async function ask(base: string, method: string, path: string, options: Ask = {}): Promise<Answer> {
  const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      'x-test-address': randomUUID(),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    signal: AbortSignal.timeout(PATIENCE_MS),
    redirect: 'manual',
    ...(payload === undefined ? {} : { body: payload, duplex: 'half' }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, json: parse(text), code: headers.get('x-polysim-code') };
}

/** An own member of a JSON body; undefined where there is none. */
export function member(answer: Answer, name: string): unknown {
  const { json } = answer;
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}

/** A member that must be text. */
export function textOf(answer: Answer, name: string): string {
  const value = member(answer, name);
  if (typeof value !== 'string') throw new Error(`no text "${name}" in ${answer.status} ${answer.text}`);
  return value;
}

/** The rows of a reply that is an array. */
export function rowsOf(answer: Answer): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(answer.json)) throw new Error(`not a list: ${answer.status} ${answer.text}`);
  return answer.json as readonly Readonly<Record<string, unknown>>[];
}

/** The refusal that the contract asks for: status, code header, one sentence in a one-member body, request id. */
export function expectRefusal(answer: Answer, status: number, code: Reason): void {
  expect([answer.status, answer.code], answer.text).toEqual([status, code]);
  expect(Object.keys(answer.json ?? {})).toEqual(['error']);
  expect(textOf(answer, 'error').length).toBeGreaterThan(3);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w\-=.]{1,128}$/);
}

/** Asks again until the reply fits, and returns the last reply. Longer than any slow machine needs. */
export async function eventually(
  send: () => Promise<Answer>,
  fits: (answer: Answer) => boolean,
): Promise<Answer> {
  let answer = await send();
  const again = async (): Promise<boolean> => fits(answer) || fits((answer = await send()));
  await expect.poll(again, { interval: 50 }).toBe(true);
  return answer;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
