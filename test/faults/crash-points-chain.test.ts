import { providers, Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../shared/testing/fault-points.ts';
import { controlVenue } from '../support/control.ts';
import { killAt, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';
import {
  escrowStage,
  FEE,
  feeAuth,
  HUNDRED,
  newKey,
  settles,
  type EscrowStage,
} from '../end-to-end/support/escrow-stage.ts';
import { placedId, shape } from '../end-to-end/support/live-stage.ts';
import { textOf, type Answer } from '../end-to-end/support/ask.ts';
import { newTrader } from '../end-to-end/support/trader.ts';
import { clobAccount } from '../end-to-end/support/venue-accounts.ts';

// Rows of docs/consistency.md: workerd is killed while a fee stands at the point, and started again. The chain and the
// exchange are processes of their own and live on. Nobody asks again unless the test says so: the alarm does the rest.

let program: OwnProgram;
let stage: EscrowStage;
beforeAll(async () => {
  program = await startInstrumented();
  stage = await escrowStage(program.file, 4);
});
afterAll(() => program.stop());

const forSale = (size: string): Promise<void> =>
  stage.market.book(
    [['0.30', '5000']],
    [
      ['0.50', size],
      ['0.90', '5000'],
    ],
  );

/** Kills at a point while an order with a fee is placed. */
async function crashed(point: FaultPoint) {
  const fee_auth = await feeAuth(stage);
  const before = { orders: await stage.market.orders(), payer: await stage.payerHas() };
  const headers = newKey();
  const again = (): Promise<Answer> => stage.place({ ...HUNDRED, fee_auth }, headers);
  await killAt(program, point, again);
  return { orderId: fee_auth.order_id, again, before };
}

describe('kill -9 while a fee is pulled', () => {
  test.each<[FaultPoint]>([
    ['account/escrow/transfer-written'],
    ['account/escrow/pull-sent'],
    ['account/escrow/fee-held'],
    ['account/live/sent-written'],
  ])('%s: the order never goes out, and the payer has all of it again', async (point) => {
    await forSale('60');
    const { orderId, before } = await crashed(point);
    await settles(stage, orderId, ['refunded', FEE, 0, FEE, 0]);
    expect(await stage.payerHas()).toBe(before.payer);
    expect(await stage.market.orders()).toBe(before.orders);
  });
});

describe('kill -9 once the order is out', () => {
  test('account/live/answered: it is found, and its fee follows what it filled', async () => {
    await forSale('60');
    const { orderId, again, before } = await crashed('account/live/answered');
    const found = await again();
    expect(shape(found), found.text).toEqual(['buy', 'Yes', 0.5, 100, 60, 'partially_filled']);
    await settles(stage, orderId, ['pulled', FEE, 75_000, 0, 50_000]);
    await stage.cancel(placedId(found));
    await settles(stage, orderId, ['divided', FEE, 75_000, 50_000, 0]);
    expect(await stage.payerHas()).toBe(before.payer - 75_000);
    expect(await stage.market.orders()).toBe(before.orders + 1);
  });

  test.each<[FaultPoint]>([['account/escrow/distribution-sent'], ['account/escrow/tended']])(
    '%s: what is earned is distributed once',
    async (point) => {
      await forSale('60');
      const fee_auth = await feeAuth(stage);
      const before = await stage.payerHas();
      await killAt(program, point, async () => {
        await stage.place({ ...HUNDRED, fee_auth });
        // The alarm dies, not this: hold a request open that dies with it.
        for (;;) await stage.escrow(fee_auth.order_id);
      });
      await settles(stage, fee_auth.order_id, ['pulled', FEE, 75_000, 0, 50_000]);
      expect(await stage.payerHas()).toBe(before - FEE);
      await stage.cancel(textOf(await stage.escrow(fee_auth.order_id), 'venue_order_id'));
      await settles(stage, fee_auth.order_id, ['divided', FEE, 75_000, 50_000, 0]);
    },
  );
});

describe('kill -9 while a wallet splits', () => {
  test.each<[FaultPoint]>([['account/ctf/written'], ['account/ctf/sent']])(
    '%s: split once, and the same command says so',
    async (point) => {
      const wallet = Wallet.createRandom();
      const provider = new providers.StaticJsonRpcProvider(program.file.emulators.chain, 137);
      const funds = { address: wallet.address, usdc: '1000000', allowances: { ctf: '1000000' } };
      await controlVenue(program.file, 'fund', funds, 'POST', 'chain');
      const trader = await newTrader(program.file);
      const { wire } = await clobAccount(program.file, wallet);
      const linked = { exchange: 'polymarket', mode: 'self', ...wire, private_key: wallet.privateKey };
      await trader.call('POST', '/api/v1/onboard', linked);
      const headers = newKey();
      const body = { condition_id: stage.market.market, amount: 1 };
      const again = (): Promise<Answer> => trader.call('POST', '/api/v1/polymarket/ctf/split', body, headers);
      await killAt(program, point, again);
      await expect.poll(async () => (await again()).status).toBe(200);
      const told = await again();
      expect(told.headers.get('idempotency-replayed')).toBe('true');
      const receipt = await provider.getTransactionReceipt(textOf(told, 'transaction_hash'));
      expect([receipt.status, await provider.getTransactionCount(wallet.address)]).toEqual([1, 1]);
    },
  );
});
