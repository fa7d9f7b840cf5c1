import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  startStubClob,
  STUB_CONDITION,
  stubSigner,
  type StubClob,
} from '../../../../test/support/stub-clob.ts';
import { micro, valueOf } from '../../../../test/support/venue-outcomes.ts';

let stub: StubClob;
const signer = stubSigner();
beforeEach(async () => {
  stub = await startStubClob();
});
afterEach(() => stub.close());

/** An id with a module in its top byte, which both protocols can have. */
const IDS = [`${(1n << 248n) + 5n}`, `${(3n << 248n) + 6n}`] as const;
const terms = {
  marketId: STUB_CONDITION,
  outcome: 'Yes',
  side: 'BUY',
  price: micro('0.5'),
  size: micro('10'),
  type: 'gtc',
  postOnly: false,
} as const;

function tellMarket(version: string | undefined): void {
  const [yes, no] = IDS;
  stub.on(`GET /clob-markets/${STUB_CONDITION}`, {
    body: {
      t: [
        { t: yes, o: 'Yes' },
        { t: no, o: 'No' },
      ],
      mts: 0.01,
      mos: 5,
      nr: false,
    },
  });
  stub.on(`GET /markets/${STUB_CONDITION}`, { body: { closed: false, tokens: [] } });
  stub.on('GET /gamma/markets', {
    body: [
      {
        conditionId: STUB_CONDITION,
        question: 'A question?',
        outcomes: '["Yes","No"]',
        clobTokenIds: '["11","12"]',
        positionIds: IDS,
        closed: false,
        version,
      },
    ],
  });
}
const gammaReads = () => stub.seen.filter(({ path }) => path === '/gamma/markets').length;

test('an order on a market of Protocol V2 is refused with a sentence, and nothing is signed', async () => {
  tellMarket('v2');
  for (let n = 0; n < 2; n += 1)
    expect(await stub.venue.prepare(terms, signer)).toMatchObject({
      ok: false,
      reason: 'NOT_SUPPORTED',
      message: expect.stringContaining('Protocol V2') as unknown,
    });
  expect(gammaReads()).toBe(1);
});

test('a market of V1 whose ids look like those of V2 is traded', async () => {
  tellMarket('v1');
  expect(await stub.venue.prepare(terms, signer)).toMatchObject({ ok: true });
  expect(gammaReads()).toBe(1);
});

test('a market whose ids cannot be of V2 costs no read', async () => {
  expect(await stub.venue.prepare(terms, signer)).toMatchObject({ ok: true });
  expect(gammaReads()).toBe(0);
});

test('while Gamma is silent the venue judges', async () => {
  tellMarket('v2');
  stub.on('GET /gamma/markets', { status: 404, body: {} });
  expect(await stub.venue.prepare(terms, signer)).toMatchObject({ ok: true });
});

test('the ids of a listed market are chosen by its version, though both stand there', async () => {
  tellMarket('v2');
  const idsOf = async () =>
    valueOf(await stub.venue.market(STUB_CONDITION)).outcomes.map(({ tokenId }) => tokenId);
  expect(await idsOf()).toEqual(IDS);
  tellMarket('v1');
  expect(await idsOf()).toEqual(['11', '12']);
});

test('an order version that is not known is refused with a sentence', async () => {
  stub.on('GET /version', { body: { version: 3 } });
  expect(await stub.venue.prepare(terms, signer)).toMatchObject({
    reason: 'NOT_SUPPORTED',
    message: expect.stringContaining('version 3') as unknown,
  });
});
