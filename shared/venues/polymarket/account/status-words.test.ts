import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startStubClob,
  STUB_CONDITION,
  stubSigner,
  STUB_TOKENS,
  type StubClob,
} from '../../../../test/support/stub-clob.ts';
import { micro, valueOf } from '../../../../test/support/venue-outcomes.ts';
import { orderWord, settlementOf } from './status-words.ts';

const OWN = `0x${'a1'.repeat(20)}`;
const TRADE_WORDS = [
  'MATCHED',
  'MATCHED_NOT_BROADCASTED',
  'MINED',
  'CONFIRMED',
  'RETRYING',
  'FAILED',
] as const;
const ORDER_WORDS = [
  'LIVE',
  'MATCHED',
  'DELAYED',
  'UNMATCHED',
  'CANCELED',
  'CANCELED_MARKET_RESOLVED',
  'INVALID',
] as const;

/** A word as a read or the user channel may spell it. */
const spelled = (prefix: string, words: readonly string[]) =>
  fc
    .record({ word: fc.constantFrom(...words), prefixed: fc.boolean(), lower: fc.boolean() })
    .map(({ word, prefixed, lower }) => {
      const text = `${prefixed ? prefix : ''}${word}`;
      return { word, text: lower ? text.toLowerCase() : text };
    });

describe('words of orders and trades', () => {
  test('mean the same in every spelling', () => {
    fc.assert(
      fc.property(spelled('ORDER_STATUS_', ORDER_WORDS), ({ word, text }) => {
        expect(orderWord(text)).toBe(word);
        expect(orderWord(text.replace(/canceled/i, 'Cancelled'))).toBe(word);
      }),
    );
    fc.assert(
      fc.property(spelled('TRADE_STATUS_', TRADE_WORDS), ({ word, text }) => {
        const settled = { CONFIRMED: 'confirmed', FAILED: 'failed' }[word] ?? 'pending';
        expect(settlementOf(text)).toBe(settled);
      }),
    );
    expect(orderWord('ORDER_STATUS_ELSE')).toBeUndefined();
  });
});

describe('what the venue says of orders and trades', () => {
  let stub: StubClob;
  const signer = stubSigner(OWN);
  const id = `0x${'0d'.repeat(32)}`;
  const at = Math.floor(Date.now() / 1000);

  beforeAll(async () => {
    stub = await startStubClob();
  });
  afterAll(() => stub.close());

  const tradeOf = (status: string, number: number, size = '4') => ({
    id: `trade-${number}`,
    taker_order_id: id,
    market: STUB_CONDITION,
    asset_id: STUB_TOKENS[0],
    side: 'BUY',
    size,
    price: '0.5',
    status,
    match_time: String(at),
    outcome: 'Yes',
    trader_side: 'TAKER',
    maker_orders: [],
  });
  const tellTrades = (statuses: readonly string[]) =>
    stub.on('GET /data/trades', {
      body: { data: statuses.map((status, number) => tradeOf(status, number)), next_cursor: 'LTE=' },
    });
  const sent = {
    dedupe: { kind: 'order-hash', value: id },
    terms: {
      marketId: STUB_CONDITION,
      outcome: 'Yes',
      side: 'BUY',
      price: micro('0.5'),
      size: micro('40'),
      type: 'ioc',
      postOnly: false,
    },
    sentAt: Date.now(),
  } as const;

  test('a trade that failed on the chain is never a fill, in fills or in orders found by their trades', async () => {
    stub.on(`GET /data/order/${id}`, { body: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(spelled('TRADE_STATUS_', TRADE_WORDS), { minLength: 1, maxLength: 6 }),
        async (words) => {
          tellTrades(words.map(({ text }) => text));
          const holding = words.filter(({ word }) => word !== 'FAILED');
          const fills = valueOf(await stub.venue.fills({ limit: 100 }, signer));
          expect(fills.map(({ settlement }) => settlement)).toEqual(
            holding.map(({ word }) => (word === 'CONFIRMED' ? 'confirmed' : 'pending')),
          );
          const filled = micro(String(4 * holding.length));
          expect(await stub.venue.reconcile(sent, signer)).toMatchObject({
            tag: 'found',
            order: { filled, status: 'cancelled' },
          });
          expect(valueOf(await stub.venue.order(id, signer))).toMatchObject({ filled });
        },
      ),
      { numRuns: 50 },
    );
  });

  test('an order reads the same in both spellings', async () => {
    tellTrades([]);
    const expected = {
      LIVE: 'partially_filled',
      UNMATCHED: 'partially_filled',
      DELAYED: 'pending',
      MATCHED: 'cancelled',
      CANCELED: 'cancelled',
      CANCELED_MARKET_RESOLVED: 'cancelled',
      INVALID: 'rejected',
    } as const;
    for (const word of ORDER_WORDS)
      for (const status of [word, word.toLowerCase(), `ORDER_STATUS_${word}`]) {
        stub.on(`GET /data/order/${id}`, {
          body: {
            id,
            status,
            market: STUB_CONDITION,
            asset_id: STUB_TOKENS[0],
            side: 'BUY',
            original_size: '10',
            size_matched: '4',
            price: '0.5',
            outcome: 'Yes',
            created_at: at,
          },
        });
        const found = valueOf(await stub.venue.order(id, signer));
        expect([status, found.status, found.filled]).toEqual([status, expected[word], micro('4')]);
      }
  });
});
