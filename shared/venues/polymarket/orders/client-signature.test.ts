import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { officialBuilders } from '../../../../test/support/official-order-builders.ts';
import {
  startStubClob,
  STUB_CONDITION,
  stubSigner,
  STUB_TOKENS,
  type StubClob,
} from '../../../../test/support/stub-clob.ts';
import { depositWalletAddress } from '../../../signing/polymarket/deposit-wallet-address.ts';
import { exchangeContract } from '../../../signing/polymarket/exchange-contracts.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import type { WireOrder } from './client-order.ts';

const owner = new Wallet(`0x${'7'.repeat(64)}`);
const stranger = new Wallet(`0x${'8'.repeat(64)}`);
const wallet = depositWalletAddress(owner.address, 'beacon');

let stub: StubClob;
beforeAll(async () => {
  stub = await startStubClob();
  stub.on(`GET /markets-by-token/${STUB_TOKENS[0]}`, { body: { condition_id: STUB_CONDITION } });
});
afterAll(() => stub.close());

/** The account: its owner's key, and the deposit wallet that it trades from. */
const account: PolymarketSigner = {
  ...stubSigner(owner.address),
  identity: () =>
    Promise.resolve({
      ok: true,
      identity: { address: owner.address, signatureType: 3, funder: wallet, apiKey: 'stub' },
    }),
};

/** An order of a deposit wallet as the official client builds and signs it. */
async function signedBy(
  key: Wallet,
  change: Readonly<Record<string, string | number>> = {},
): Promise<WireOrder> {
  const builder = new officialBuilders[2](exchangeContract(137, 2, false), 137, key, () => '77');
  const built = await builder.buildSignedOrder({
    maker: wallet,
    signer: wallet,
    tokenId: STUB_TOKENS[0],
    makerAmount: '5000000',
    takerAmount: '10000000',
    side: 'BUY',
    signatureType: 3,
    timestamp: '1790000000000',
    metadata: `0x${'0'.repeat(64)}`,
    builder: `0x${'0'.repeat(64)}`,
    expiration: '0',
    ...change,
  });
  // The client's own order, as it puts it into a body.
  return built as unknown as WireOrder;
}
const prepare = (order: WireOrder) => stub.venue.prepareSigned({ order, orderType: 'GTC' }, account);

describe('an order of a deposit wallet that its client signed', () => {
  test('is taken as it is when the account’s own key owns the signature', async () => {
    expect(await prepare(await signedBy(owner))).toMatchObject({
      ok: true,
      value: { clientSigned: true, terms: { side: 'BUY', price: 500_000n, size: 10_000_000n } },
    });
  });

  test('is refused when another key signed it, though wallet and layout are right', async () => {
    expect(await prepare(await signedBy(stranger))).toMatchObject({ message: 'invalid signature' });
  });

  test('is refused when a member was changed after it was signed', async () => {
    const order = await signedBy(owner);
    for (const change of [{ makerAmount: '4000000' }, { salt: '78' }, { side: 'SELL' as const }])
      expect(await prepare({ ...order, ...change })).toMatchObject({ message: 'invalid signature' });
  });

  test('is refused when it is another wallet’s, or a session key signed it', async () => {
    const other = depositWalletAddress(stranger.address, 'beacon');
    expect(await prepare(await signedBy(owner, { maker: other, signer: other }))).toMatchObject({
      message: 'maker and signer must be the deposit wallet of this account',
    });
    const order = await signedBy(owner);
    const session = { ...order, signature: `${order.signature}${'6492'.repeat(16)}` };
    expect(await prepare(session)).toMatchObject({
      message: expect.stringContaining('session key') as unknown,
    });
  });

  test('is refused with a plain signature of its digest, which the wallet would not take', async () => {
    const order = await signedBy(owner);
    expect(await prepare({ ...order, signature: order.signature.slice(0, 132) })).toMatchObject({
      message: 'invalid signature',
    });
  });
});

test('a GTD order that its client signed for less than three minutes is refused in the venue’s words', async () => {
  const seconds = Math.floor(Date.now() / 1000);
  const gtd = async (expiration: number) =>
    stub.venue.prepareSigned(
      { order: await signedBy(owner, { expiration: String(expiration) }), orderType: 'GTD' },
      account,
    );
  expect(await gtd(seconds + 120)).toMatchObject({ message: 'invalid expiration' });
  expect(await gtd(seconds + 240)).toMatchObject({ ok: true });
});
