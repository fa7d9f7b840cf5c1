import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { micro, setBook, tradableTokens } from '../../../test/support/emulator-control.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { FillPlace } from './fills.ts';
import type { OrderRequest } from '../ledger/model.ts';

const token = (await tradableTokens()).find((candidate) => candidate.tick === 10_000n);
if (!token) throw new Error('the emulator has no market with a tick of a cent');
beforeAll(() =>
  setBook(token.id, [{ price: '0.40', size: '1000000' }], [{ price: '0.50', size: '1000000' }]),
);

const order: OrderRequest = {
  tokenId: token.id,
  side: 'BUY',
  timeInForce: 'GTC',
  kind: 'limit',
  price: micro('0.5'),
  size: micro('5'),
  postOnly: false,
  priceFromAmounts: false,
  owner: 'test',
  maker: '0xtest',
};

test('whatever is filled while pages are read, each fill of the first moment is seen once, newest first', async () => {
  const plans = fc.record({
    before: fc.integer({ min: 0, max: 40 }),
    limit: fc.integer({ min: 1, max: 12 }),
    /** Fills that happen after each page. */
    during: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 20 }),
    /** Whether cursors name the fill itself, or time and order alone. */
    exact: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(plans, async ({ before, limit, during, exact }) => {
      const account = accountObject(env, `fills-${crypto.randomUUID()}`);
      const fill = (count: number) =>
        count === 0
          ? undefined
          : account.place({ orders: Array.from({ length: count }, () => order), maxWrites: 10 });
      await fill(before);
      const seen: number[] = [];
      let place: FillPlace | undefined;
      for (let page = 0; page <= before + 1; page += 1) {
        const rows = await account.fills({}, place, limit);
        seen.push(...rows.map((row) => row.id));
        const last = rows.at(-1);
        if (!last || rows.length < limit) break;
        place = { at: last.at, order: last.orderId, ...(exact && { trade: last.id }) };
        await fill(during[page] ?? 0);
      }
      expect(seen).toEqual(Array.from({ length: before }, (_, index) => before - index));
    }),
    { numRuns: 40 },
  );
});
