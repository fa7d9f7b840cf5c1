import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Wallet } from 'ethers';
import { controlVenue } from '../support/control.ts';
import { member } from './support/ask.ts';
import { expectRouterRefusal, newBuilder } from './support/builder.ts';
import {
  escrowStage,
  FEE,
  feeAuth,
  FUNDS,
  HUNDRED,
  money,
  newKey,
  settles,
  TERMS,
  type EscrowStage,
} from './support/escrow-stage.ts';
import { placedId, shape } from './support/live-stage.ts';
import { credentialsHeader } from './support/venue-accounts.ts';

const file = inject('postern');
let stage: EscrowStage;
beforeAll(async () => {
  stage = await escrowStage(file, 4);
});
/** So many shares of Yes are for sale at 0.50, and the rest of the book is far away. */
const forSale = (size: string): Promise<void> =>
  stage.market.book(
    [['0.30', '5000']],
    size === '0'
      ? [['0.90', '5000']]
      : [
          ['0.50', size],
          ['0.90', '5000'],
        ],
  );

describe('a fee goes where its order goes', () => {
  test('60 of 100 filled, then cancelled: 60 % distributed, 40 % refunded', async () => {
    await forSale('60');
    const before = await stage.payerHas();
    const fee_auth = await feeAuth(stage);
    const placed = await stage.place({ ...HUNDRED, fee_auth });
    expect(shape(placed), placed.text).toEqual(['buy', 'Yes', 0.5, 100, 60, 'partially_filled']);
    await settles(stage, fee_auth.order_id, ['pulled', FEE, 75_000, 0, 50_000]);
    expect(await stage.payerHas()).toBe(before - FEE);
    expect(shape(await stage.cancel(placedId(placed))).at(-1)).toBe('cancelled');
    await settles(stage, fee_auth.order_id, ['divided', FEE, 75_000, 50_000, 0]);
    expect(await stage.payerHas()).toBe(before - 75_000);
  });

  test('filled whole at once: all of it distributed, the affiliate has its share', async () => {
    await forSale('100');
    const fee_auth = await feeAuth(stage);
    const placed = await stage.place({ ...HUNDRED, fee_auth, affiliate: TERMS.affiliate_address });
    expect(shape(placed).at(-1), placed.text).toBe('filled');
    await settles(stage, fee_auth.order_id, ['distributed', FEE, FEE, 0, 0]);
    const told = await stage.escrow(fee_auth.order_id);
    expect(told.json).toMatchObject({
      order_id: fee_auth.order_id,
      customer_id: stage.customer,
      venue_order_id: member(placed, 'id'),
      order_state: 'ended',
      payer: stage.payer.address.toLowerCase(),
      size: 100,
      filled: 100,
      fee_amount: String(FEE),
      in_flight: null,
    });
  });

  test('what fills while it rests becomes known by itself', async () => {
    await forSale('0');
    const fee_auth = await feeAuth(stage);
    const placed = await stage.place({ ...HUNDRED, fee_auth });
    expect(shape(placed).at(-1), placed.text).toBe('open');
    expect(money(await stage.escrow(fee_auth.order_id))).toEqual(['pulled', FEE, 0, 0, FEE]);
    await forSale('25');
    await settles(stage, fee_auth.order_id, ['pulled', FEE, 31_250, 0, 93_750]);
    await stage.cancel(placedId(placed));
    await settles(stage, fee_auth.order_id, ['divided', FEE, 31_250, 93_750, 0]);
  });

  test('one authorization for three orders at once: one of them goes out, and one fee is taken', async () => {
    await forSale('0');
    const fee_auth = await feeAuth(stage);
    const [before, had] = [await stage.counts(), await stage.payerHas()];
    const answers = await Promise.all([1, 2, 3].map(() => stage.place({ ...HUNDRED, fee_auth })));
    const [placed, ...refused] = answers.toSorted((a, b) => a.status - b.status);
    for (const answer of refused) expectRouterRefusal(answer, 400, 'validation_error', 'VALIDATION_FAILED');
    expect(refused).toHaveLength(2);
    expect(await stage.counts()).toEqual([before[0] + 1, before[1] + 1]);
    expect(await stage.payerHas()).toBe(had - FEE);
    if (placed) await stage.cancel(placedId(placed));
    await settles(stage, fee_auth.order_id, ['refunded', FEE, 0, FEE, 0]);
  });

  test('an order that the exchange refuses gives all of it back at once', async () => {
    await forSale('100');
    const before = await stage.payerHas();
    const fee_auth = await feeAuth(stage);
    const refused = await stage.place({ ...HUNDRED, fee_auth, params: { post_only: true } });
    expect(refused.status, refused.text).toBe(400);
    await settles(stage, fee_auth.order_id, ['refunded', FEE, 0, FEE, 0]);
    expect(await stage.payerHas()).toBe(before);
  });

  test('said again under its key: the first reply, one order, one pull', async () => {
    await forSale('0');
    const [headers, fee_auth] = [newKey(), await feeAuth(stage)];
    const first = await stage.place({ ...HUNDRED, fee_auth }, headers);
    const before = await stage.counts();
    const again = await stage.place({ ...HUNDRED, fee_auth }, headers);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(await stage.counts()).toEqual(before);
    await stage.cancel(placedId(first));
    await settles(stage, fee_auth.order_id, ['refunded', FEE, 0, FEE, 0]);
  });
});

const other = Wallet.createRandom();
type Fault = readonly [what: string, named: string, make: () => Promise<Readonly<Record<string, unknown>>>];
const auth = (...args: readonly [object?, object?]) => feeAuth(stage, ...args);
const faults: readonly Fault[] = [
  [
    'another wallet signed',
    'fee_auth.signature',
    async () => ({ fee_auth: await auth({ payer: other.address }) }),
  ],
  [
    'another amount was signed',
    'fee_auth.signature',
    async () => ({ fee_auth: await auth({}, { fee_amount: FEE - 1 }) }),
  ],
  [
    'another order id was signed',
    'fee_auth.signature',
    async () => ({ fee_auth: await auth({}, { order_id: `0x${'1'.repeat(64)}` }) }),
  ],
  [
    'another deadline was signed',
    'fee_auth.signature',
    async () => ({ fee_auth: await auth({}, { deadline: 4_000_000_001 }) }),
  ],
  [
    'a deadline of the past',
    'fee_auth.deadline',
    async () => ({ fee_auth: await auth({ deadline: 1_700_000_000 }) }),
  ],
  [
    'milliseconds',
    'fee_auth.deadline',
    async () => ({ fee_auth: await auth({ deadline: 4_000_000_000_000 }) }),
  ],
  [
    'more than was agreed',
    'fee_auth.fee_amount',
    async () => ({ fee_auth: await auth({ fee_amount: FEE + 1 }) }),
  ],
  [
    'less than the minimum',
    'fee_auth.fee_amount',
    async () => ({ fee_auth: await auth({ fee_amount: 999 }) }),
  ],
  ['nothing', 'fee_auth.fee_amount', async () => ({ fee_auth: await auth({ fee_amount: 0 }) })],
  [
    'a short order id',
    'fee_auth.order_id',
    async () => ({ fee_auth: { ...(await auth()), order_id: '0x01' } }),
  ],
  ['a short signature', 'fee_auth.signature', async () => ({ fee_auth: await auth({ signature: '0x01' }) })],
  ['a member too many', 'fee_auth', async () => ({ fee_auth: { ...(await auth()), gas: 1 } })],
  [
    'another payer beside it',
    'payer_address',
    async () => ({ fee_auth: await auth(), payer_address: other.address }),
  ],
  [
    'another signer beside it',
    'signer_address',
    async () => ({ fee_auth: await auth(), signer_address: other.address }),
  ],
  [
    "somebody's own affiliate",
    'affiliate',
    async () => ({ fee_auth: await auth(), affiliate: other.address }),
  ],
  ['parties without a fee', 'payer_address', () => Promise.resolve({ payer_address: other.address })],
];

/** Refused as a fault of a member, and neither chain nor exchange has heard of it. */
async function expectNothingSent(named: string, members: object, headers = {}): Promise<void> {
  const before = await stage.counts();
  const refused = await stage.place({ ...HUNDRED, ...members }, headers);
  expectRouterRefusal(refused, 400, 'validation_error', 'VALIDATION_FAILED');
  expect(member(refused, 'validation_errors'), refused.text).toEqual([
    expect.stringMatching(new RegExp(`^${named}: `)),
  ]);
  expect(await stage.counts()).toEqual(before);
}

describe('a fee that is not in order is refused, and nothing is sent', () => {
  test.each(faults)('%s: %s', async (_, named, make) => expectNothingSent(named, await make()));

  test('an order id that was used, by whomever', async () => {
    await forSale('100');
    const fee_auth = await feeAuth(stage);
    expect((await stage.place({ ...HUNDRED, fee_auth })).status).toBe(200);
    // Its own transactions come first, so that none of them is taken for one of the next order's.
    await settles(stage, fee_auth.order_id, ['distributed', FEE, FEE, 0, 0]);
    await expectNothingSent('fee_auth.order_id', { fee_auth });
    const neighbour = await escrowStage(file, 4);
    const theirs = await feeAuth(neighbour, { order_id: fee_auth.order_id });
    const refused = await neighbour.place({ ...HUNDRED, fee_auth: theirs });
    expect(member(refused, 'validation_errors')).toEqual(['fee_auth.order_id: was used before']);
    expect((await neighbour.escrow(fee_auth.order_id)).status).toBe(404);
  });

  test('a payer without money, or who allows nothing', async () => {
    const fund = (members: object) =>
      controlVenue(file, 'fund', { address: stage.payer.address, ...members }, 'POST', 'chain');
    await fund({ allowances: { escrow: '124999' } });
    await expectNothingSent('fee_auth.payer', { fee_auth: await feeAuth(stage) });
    await fund({ allowances: { escrow: String(FUNDS) } });
    const poor = { ...stage, payer: Wallet.createRandom() };
    await expectNothingSent('fee_auth.payer', { fee_auth: await feeAuth(poor) });
  });

  test('credentials of the request: its fills could not be asked for', async () => {
    const headers = credentialsHeader(await stage.market.newMember());
    await expectNothingSent('fee_auth', { fee_auth: await feeAuth(stage) }, headers);
  });

  test('a caller that is no customer, a builder without escrow, another exchange', async () => {
    const fee_auth = await feeAuth(stage);
    const body = { market_id: stage.market.market, outcome: 'Yes', side: 'buy', ...HUNDRED, fee_auth };
    const own = await stage.builder.call('POST', '/api/v1/orders?exchange=polymarket', body);
    expectRouterRefusal(own, 400, 'validation_error', 'VALIDATION_FAILED');
    for (const exchange of ['kalshi', 'paper']) {
      const elsewhere = await stage.ask('POST', `/api/v1/orders?exchange=${exchange}`, body);
      expectRouterRefusal(elsewhere, 501, 'not_supported', 'NOT_SUPPORTED');
    }
    const stranger = await newBuilder(file);
    const { id } = await stranger.create();
    const linked = { exchange: 'polymarket', mode: 'self', ...(await stage.market.newMember()) };
    expect((await stranger.as(id, 'POST', '/api/v1/onboard', linked)).status).toBe(200);
    const refused = await stranger.as(id, 'POST', '/api/v1/orders?exchange=polymarket', body);
    expect(member(refused, 'validation_errors'), refused.text).toEqual([
      'fee_auth: the builder has no fee escrow',
    ]);
    expect((await stage.escrow(fee_auth.order_id)).status).toBe(404);
  });
});

describe('what builder and operator read', () => {
  test('terms stand in the configuration and in the rows of customers', async () => {
    const config = await stage.builder.call('GET', '/api/v1/builder/escrow/config');
    expect(config.json).toMatchObject({
      ...TERMS,
      min_fee_bps: 0,
      escrow_contract_address: '0x00000000000000000000000000000000e5c70e00',
    });
    const row = await stage.builder.call('GET', `/api/v1/builder/users/${stage.customer}`);
    const { fee_escrow_enabled, fee_bps, affiliate_address } = TERMS;
    expect(row.json).toMatchObject({ fee_escrow_enabled, fee_bps, affiliate_address });
  });

  test("another builder's order id, an unknown one and nonsense: the same 404", async () => {
    const stranger = await newBuilder(file);
    await forSale('100');
    const fee_auth = await feeAuth(stage);
    expect((await stage.place({ ...HUNDRED, fee_auth })).status).toBe(200);
    expect((await stage.escrow(fee_auth.order_id)).status).toBe(200);
    const path = '/api/v1/builder/escrow/orders/';
    const answers = await Promise.all(
      [fee_auth.order_id, `0x${'0'.repeat(64)}`, 'nonsense'].map((id) =>
        stranger.call('GET', `${path}${id}`),
      ),
    );
    for (const answer of answers) expectRouterRefusal(answer, 404, 'not_found', 'NOT_FOUND');
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });
});
