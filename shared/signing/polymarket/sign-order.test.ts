import { ExchangeOrderBuilder, OrderSide } from '@polymarket/clob-client';
import { OrderBuilder, Side, isV2Order } from '@polymarket/clob-client-v2';
import { Wallet, utils } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { officialBuilders } from '../../../test/support/official-order-builders.ts';
import { exchangeContract } from './exchange-contracts.ts';
import type { OrderV1, OrderV2 } from './order-typed-data.ts';
import { signOrder } from './sign-order.ts';

/** Random orders per schema and run: each costs three signatures in ethers' own arithmetic. */
const RUNS = { numRuns: 60 };

const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const amount = fc.bigInt({ min: 1n, max: 2n ** 256n - 1n });
const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => utils.hexlify(value));
const walletOf = fc.bigInt({ min: 1n, max: 2n ** 255n }).map((scalar) => {
  return new Wallet(`0x${scalar.toString(16).padStart(64, '0')}`);
});

const parties = fc
  .record({
    wallet: walletOf,
    signatureType: fc.constantFrom(0 as const, 1 as const, 2 as const),
    funder: hexOf(20).filter((address) => BigInt(address) !== 0n),
  })
  .map(({ wallet, signatureType, funder }) => ({
    wallet,
    signatureType,
    signer: wallet.address,
    maker: signatureType === 0 ? wallet.address : utils.getAddress(funder),
  }));
const terms = {
  salt: uint256,
  tokenId: uint256,
  makerAmount: amount,
  takerAmount: amount,
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
};
const market = fc.record({ chainId: fc.constantFrom(137, 80002), negRisk: fc.boolean() });

const termsV1 = fc.record({
  ...terms,
  taker: hexOf(20).map(utils.getAddress),
  expiration: uint256,
  nonce: uint256,
  feeRateBps: uint256,
});
const termsV2 = fc.record({
  ...terms,
  timestamp: uint256,
  expiration: uint256,
  metadata: hexOf(32),
  builder: hexOf(32),
});

/** A copy with every bigint as the decimal text that the official builders take. */
function asText<T extends object>(value: T) {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, typeof member === 'bigint' ? `${member}` : member]),
  ) as { [K in keyof T]: T[K] extends bigint ? string : T[K] };
}

type TypedData = ReturnType<InstanceType<(typeof officialBuilders)[1]>['buildOrderTypedData']>;

/** Who signed, as ethers reads it from the official builder's typed data. */
function signerByEthers({ domain, types, message }: TypedData, signature: string): string {
  const { EIP712Domain: _domain, ...own } = types;
  return utils.verifyTypedData(domain, own, { ...message }, signature);
}

describe('signed orders are what the official builders make', () => {
  test('schema 1: hash and signature equal both clients’, and ethers recovers the wallet', async () => {
    await fc.assert(
      fc.asyncProperty(parties, termsV1, market, async ({ wallet, ...who }, what, { chainId, negRisk }) => {
        const verifyingContract = exchangeContract(chainId, 1, negRisk);
        const order: OrderV1 = { schema: 1, ...who, ...what };
        const own = await signOrder(wallet.privateKey, order, { chainId, verifyingContract });

        const { salt, side, ...texts } = asText({ ...who, ...what });
        const current = new officialBuilders[1](verifyingContract, chainId, wallet, () => salt);
        const built = await current.buildSignedOrder({ ...texts, side: Side[side] });
        const typed = current.buildOrderTypedData(built);
        expect({ signature: built.signature, orderHash: current.buildOrderHash(typed) }).toEqual(own);
        expect(signerByEthers(typed, own.signature)).toBe(wallet.address);

        const earlier = new ExchangeOrderBuilder(verifyingContract, chainId, wallet, () => salt);
        const old = await earlier.buildSignedOrder({ ...texts, side: OrderSide[side] });
        expect(old.signature).toBe(own.signature);
        expect(earlier.buildOrderHash(earlier.buildOrderTypedData(old))).toBe(own.orderHash);
      }),
      RUNS,
    );
  });

  test('schema 2: hash and signature equal the client’s, and ethers recovers the wallet', async () => {
    await fc.assert(
      fc.asyncProperty(parties, termsV2, market, async ({ wallet, ...who }, what, { chainId, negRisk }) => {
        const verifyingContract = exchangeContract(chainId, 2, negRisk);
        const order: OrderV2 = { schema: 2, ...who, ...what };
        const own = await signOrder(wallet.privateKey, order, { chainId, verifyingContract });

        const { salt, side, ...texts } = asText({ ...who, ...what });
        const builder = new officialBuilders[2](verifyingContract, chainId, wallet, () => salt);
        const built = await builder.buildSignedOrder({ ...texts, side: Side[side] });
        const typed = builder.buildOrderTypedData(built);
        expect({ signature: built.signature, orderHash: builder.buildOrderHash(typed) }).toEqual(own);
        expect(signerByEthers(typed, own.signature)).toBe(wallet.address);
      }),
      RUNS,
    );
  });

  const wallet = new Wallet(`0x${'7'.repeat(64)}`);
  const cases = [1, 2].flatMap((schema) =>
    [true, false].flatMap((negRisk) => [0, 1, 2].map((type) => [schema, negRisk, type] as const)),
  );
  test.each(cases)(
    'an order of the client’s public API signs alike: schema %i, neg risk %s, signature type %i',
    async (schema, negRisk, signatureType) => {
      const funder = signatureType === 0 ? wallet.address : utils.getAddress(`0x${'5'.repeat(40)}`);
      const client = new OrderBuilder(wallet, 137, signatureType, funder);
      const asked = { tokenID: '1234', price: 0.53, size: 21.5, side: Side.BUY };
      const sent = await client.buildOrder(asked, { tickSize: '0.01', negRisk }, schema);
      const common = {
        salt: BigInt(sent.salt),
        maker: sent.maker,
        signer: sent.signer,
        tokenId: BigInt(sent.tokenId),
        makerAmount: BigInt(sent.makerAmount),
        takerAmount: BigInt(sent.takerAmount),
        side: 'BUY',
        signatureType: [0 as const, 1 as const, 2 as const][signatureType] ?? 0,
      } as const;
      const order: OrderV1 | OrderV2 = isV2Order(sent)
        ? {
            ...common,
            schema: 2,
            timestamp: BigInt(sent.timestamp),
            metadata: sent.metadata,
            builder: sent.builder,
          }
        : {
            ...common,
            schema: 1,
            taker: sent.taker,
            expiration: BigInt(sent.expiration),
            nonce: BigInt(sent.nonce),
            feeRateBps: BigInt(sent.feeRateBps),
          };
      const verifyingContract = exchangeContract(137, order.schema, negRisk);
      const own = await signOrder(wallet.privateKey, order, { chainId: 137, verifyingContract });
      expect(own.signature).toBe(sent.signature);
    },
  );
});
