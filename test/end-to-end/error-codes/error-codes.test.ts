import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorCatalogue, type Reason } from '../../../shared/errors/catalogue.ts';
import { openMarket, setBook } from '../../support/markets.ts';
import { startProgram, type OwnProgram } from '../../support/program.ts';
import { member, textOf, type Answer } from '../support/ask.ts';
import { startInstrumented } from '../../support/instruments.ts';
import { agentsProvocations } from './provoke-agents.ts';
import { accessProvocations } from './provoke-access.ts';
import { exchangeProvocations } from './provoke-exchange.ts';
import { faultProvocations } from './provoke-faults.ts';
import { partnerProvocations } from './provoke-partner.ts';
import { requestProvocations } from './provoke-requests.ts';
import { routerProvocations } from './provoke-router.ts';
import { tradingProvocations } from './provoke-trading.ts';
import type { Provoke, Stage } from './provoke.ts';

/** Of `/v1`. */
const provocations = {
  ...tradingProvocations,
  ...requestProvocations,
  ...accessProvocations,
  ...faultProvocations,
};

let stage: Stage;
/** Where faults can be provoked; all other codes come from what is deployed. */
let instrumented: Stage;
beforeAll(async () => {
  // Programs of its own: the operator's settings and the venue's faults are theirs alone.
  [stage, instrumented] = await Promise.all([
    startProgram({ exchange: true, vars: { CLIENT_IP_HEADER: 'x-test-address' } }).then(setUp),
    startInstrumented().then(setUp),
  ]);
});
afterAll(() => Promise.all([stage.program.stop(), instrumented.program.stop()]));

async function setUp(program: OwnProgram): Promise<Stage> {
  const { condition, yes } = await openMarket(program.file);
  await setBook(program.file, yes, {
    bids: [{ price: '0.40', size: '100000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
  return { program, condition, yes };
}

const keysOf = (answer: Answer): readonly string[] => Object.keys(answer.json ?? {}).toSorted();
/** The one code whose body says when to come again. */
const extra = (code: Reason): readonly string[] => (code === 'RATE_LIMITED' ? ['retry_after_ms'] : []);

/** The one code that names the member of a credential that is wrong. */
const routerExtra = (code: Reason): readonly string[] =>
  code === 'AUTHENTICATION_FAILED' ? ['validation_errors'] : [];

/** Who may simply ask again is told when; who must look first, or change something, is not. */
function retryAfterOf({ status }: Answer, code: Reason): RegExp {
  if (code === 'IDEMPOTENCY_CONFLICT_PENDING') return /^1$/;
  return status === 429 || code === 'VENUE_UNAVAILABLE' ? /^[1-9]\d*$/ : /^none$/;
}

function expectCommon(answer: Answer, code: Reason): void {
  expect([answer.status, answer.code], answer.text).toEqual([errorCatalogue[code].status, code]);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.headers.get('x-request-id')).toBeTruthy();
  expect(answer.headers.get('retry-after') ?? 'none').toMatch(retryAfterOf(answer, code));
}

function expectUpgrade(...answers: readonly Answer[]): void {
  const body = {
    error: 'UPGRADE_REQUIRED',
    feature_key: 'wallets.sandbox_baseline',
    upgrade_url: '/pricing',
  };
  for (const answer of answers) expect(answer.json).toEqual(body);
}

function expectBodies(code: Reason, plain: Answer, verbose: Answer): void {
  expect(keysOf(plain)).toEqual(['error', ...extra(code)]);
  expect(textOf(plain, 'error')).not.toBe(code);
  expect(keysOf(verbose)).toEqual(['details', 'error', 'message', 'request_id', ...extra(code)]);
  expect(verbose.json).toMatchObject({ error: code, request_id: 'asked-for.1' });
  expect(textOf(verbose, 'message').length).toBeGreaterThan(3);
}

describe('over HTTP on /api/v1, in its one form', () => {
  const known = Object.entries(routerProvocations) as readonly (readonly [Reason, Provoke])[];
  test.each(known)('%s', async (code, provoke) => {
    const send = await provoke(stage);
    for (const headers of [{}, { 'x-polysim-verbose': 'true' }]) {
      const answer = await send(headers);
      expectCommon(answer, code);
      expect(keysOf(answer)).toEqual(['code', 'error', 'retryable', ...routerExtra(code)]);
      expect(member(answer, 'retryable')).toBe(false);
    }
  });
});

describe('over HTTP on /v1/partner, in its one form', () => {
  const known = Object.entries(partnerProvocations) as readonly (readonly [Reason, Provoke])[];
  test.each(known)('%s', async (code, provoke) => {
    const send = await provoke(stage);
    for (const headers of [{}, { 'x-polysim-verbose': 'true' }]) {
      const answer = await send(headers);
      expectCommon(answer, code);
      expect(keysOf(answer)).toEqual(['error', 'message']);
      expect(member(answer, 'error')).toBe(code);
    }
  });
});

describe("over HTTP on the agents' routes, in their one form", () => {
  const known = Object.entries(agentsProvocations) as readonly (readonly [Reason, Provoke])[];
  test.each(known)('%s', async (code, provoke) => {
    const answer = await (await provoke(stage))();
    expectCommon(answer, code);
    expect(keysOf(answer)).toEqual(['error', 'success']);
    expect(member(answer, 'success')).toBe(false);
  });
});

describe("over HTTP on /api/v1beta1, in the exchange's form", () => {
  const known = Object.entries(exchangeProvocations) as readonly (readonly [Reason, Provoke])[];
  test.each(known)('%s', async (code, provoke) => {
    const answer = await (await provoke(stage))();
    expectCommon(answer, code);
    expect(keysOf(answer)).toEqual(['code', 'details', 'message']);
    expect(Number.isInteger(member(answer, 'code'))).toBe(true);
  });
});

describe('over HTTP, in its default and its verbose form', () => {
  const known = Object.entries(provocations) as readonly (readonly [Reason, Provoke])[];
  test.each(known)('%s', async (code, provoke) => {
    const send = await provoke(code in faultProvocations ? instrumented : stage);
    const plain = await send();
    expectCommon(plain, code);
    const verbose = await send({ 'x-polysim-verbose': 'true', 'x-request-id': 'asked-for.1' });
    expectCommon(verbose, code);
    expect(verbose.headers.get('x-request-id')).toBe('asked-for.1');
    if (code === 'UPGRADE_REQUIRED') expectUpgrade(plain, verbose);
    else expectBodies(code, plain, verbose);
  });
});

test('VALIDATION_FAILED says what is wrong and where', async () => {
  const send = await requestProvocations.VALIDATION_FAILED?.(stage);
  const verbose = await send?.({ 'x-polysim-verbose': 'true' });
  const { issues } = (verbose && member(verbose, 'details')) as { readonly issues: readonly unknown[] };
  // Of the form that was meant, though an array of orders would do as well.
  expect(issues).toContainEqual({ path: 'side', message: expect.any(String) as unknown });
});

test('every code of the catalogue is provoked here', () => {
  const shown = [
    provocations,
    routerProvocations,
    exchangeProvocations,
    partnerProvocations,
    agentsProvocations,
  ].flatMap(Object.keys);
  expect(shown.toSorted()).toEqual(Object.keys(errorCatalogue).toSorted());
});
