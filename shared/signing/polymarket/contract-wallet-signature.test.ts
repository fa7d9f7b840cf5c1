import { Wallet, utils } from 'ethers';
import * as fc from 'fast-check';
import { hashTypedData } from 'viem';
import { describe, expect, test } from 'vitest';
import { depositWalletVectors as vectors } from '../../../test/support/deposit-wallet-vectors.ts';
import { officialBuilders } from '../../../test/support/official-order-builders.ts';
import {
  signingVectors,
  vector,
  vectorExchange,
  vectorOrderV2,
} from '../../../test/support/signing-vectors.ts';
import {
  contractWalletDigest,
  isSessionSignature,
  ownerWhoSigned,
  signForContractWallet,
} from './contract-wallet-signature.ts';
import { exchangeContract } from './exchange-contracts.ts';
import { hashOrder, orderStructHash, type OrderV2 } from './order-typed-data.ts';
import { signOrder } from './sign-order.ts';

const SIGNATURE_BYTES = 317;
const privateKey = vectors.privateKey as `0x${string}`;
const owner = vectors.address.toLowerCase();
const polygon = { chainId: 137, verifyingContract: exchangeContract(137, 2, false) };

const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const amount = fc.bigInt({ min: 1n, max: 2n ** 256n - 1n });
const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => utils.hexlify(value));
const orders = fc
  .record({
    salt: uint256,
    tokenId: uint256,
    makerAmount: amount,
    takerAmount: amount,
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    timestamp: uint256,
    metadata: hexOf(32),
    builder: hexOf(32),
    wallet: hexOf(20).filter((address) => BigInt(address) !== 0n),
  })
  .map(({ wallet, ...terms }): OrderV2 => {
    const maker = utils.getAddress(wallet);
    return { schema: 2, ...terms, maker, signer: maker, signatureType: 3 };
  });
const exchanges = fc
  .record({ chainId: fc.constantFrom(137, 80002), negRisk: fc.boolean() })
  .map(({ chainId, negRisk }) => ({ chainId, verifyingContract: exchangeContract(chainId, 2, negRisk) }));

describe('the signature of a deposit wallet’s order (type 3)', () => {
  test.each(vectors.orderSignatures)(
    'is that of the published vector, for $verifyingContract',
    async ({ verifyingContract, digest, domainSeparator, inner }) => {
      const exchange = { chainId: 137, verifyingContract };
      expect(contractWalletDigest(vectors.order, exchange)).toBe(digest);
      expect(orderStructHash(vectors.order)).toBe(vectors.structHash);
      const signature = await signForContractWallet(privateKey, vectors.order, exchange);
      expect(utils.hexDataLength(signature)).toBe(SIGNATURE_BYTES);
      expect(utils.hexDataSlice(signature, 0, 65)).toBe(inner);
      expect(utils.hexDataSlice(signature, 65, 97)).toBe(domainSeparator);
      expect(utils.hexDataSlice(signature, 97, 129)).toBe(vectors.structHash);
      expect(utils.hexDataSlice(signature, SIGNATURE_BYTES - 2)).toBe('0x00ba');
    },
  );

  test('is that of the vector published with the Python client', async () => {
    const { input, expected } = vector('V2 order POLY_1271 wrapped signature (Amoy)');
    const signed = await signOrder(signingVectors.privateKey, vectorOrderV2(input), vectorExchange(input));
    expect(signed.signature).toBe(expected);
  });

  test('of any order is the official builder’s, and viem and ethers find the owner in it', async () => {
    await fc.assert(
      fc.asyncProperty(orders, exchanges, async (order, exchange) => {
        const { signature, orderHash } = await signOrder(privateKey, order, exchange);
        const builder = new officialBuilders[2](
          exchange.verifyingContract,
          exchange.chainId,
          new Wallet(privateKey),
          () => `${order.salt}`,
        );
        const { salt: _salt, schema: _schema, ...members } = order;
        const texts = Object.fromEntries(
          Object.entries(members).map(([name, value]) => [
            name,
            typeof value === 'bigint' ? `${value}` : value,
          ]),
        ) as Record<string, string | number>;
        const built = await builder.buildSignedOrder(texts);
        expect(signature).toBe(built.signature);
        const typed = builder.buildOrderTypedData(built);
        expect(orderHash).toBe(builder.buildOrderHash(typed));

        const { EIP712Domain: _domain, ...own } = typed.types;
        const wrapper = {
          TypedDataSign: [
            { name: 'contents', type: 'Order' },
            { name: 'name', type: 'string' },
            { name: 'version', type: 'string' },
            { name: 'chainId', type: 'uint256' },
            { name: 'verifyingContract', type: 'address' },
            { name: 'salt', type: 'bytes32' },
          ],
          ...own,
        };
        const message = {
          contents: { ...typed.message },
          name: 'DepositWallet',
          version: '1',
          chainId: exchange.chainId,
          verifyingContract: order.signer,
          salt: `0x${'0'.repeat(64)}`,
        };
        const inner = utils.hexDataSlice(signature, 0, 65);
        expect(utils.verifyTypedData(typed.domain, wrapper, message, inner).toLowerCase()).toBe(owner);
        const digest = hashTypedData({
          domain: typed.domain,
          types: wrapper,
          primaryType: 'TypedDataSign',
          message,
        });
        expect(contractWalletDigest(order, exchange)).toBe(digest);
        expect(await ownerWhoSigned(order, exchange, signature)).toBe(owner);
      }),
      { numRuns: 40 },
    );
  });

  test('of another order, exchange or chain names no owner, nor does one with a byte changed', async () => {
    const { order } = vectors;
    const signature = await signForContractWallet(privateKey, order, polygon);
    expect(await ownerWhoSigned(order, polygon, signature.toUpperCase().replace('0X', '0x'))).toBe(owner);
    const others = [
      ownerWhoSigned({ ...order, makerAmount: 1n }, polygon, signature),
      ownerWhoSigned(order, { ...polygon, verifyingContract: exchangeContract(137, 2, true) }, signature),
      ownerWhoSigned(order, { ...polygon, chainId: 80002 }, signature),
      ownerWhoSigned(order, polygon, signature.slice(0, 132)),
      ownerWhoSigned(order, polygon, `${signature}00`),
      ownerWhoSigned(order, polygon, 'none'),
    ];
    expect(await Promise.all(others)).toEqual(others.map(() => undefined));
    await fc.assert(
      fc.asyncProperty(fc.nat(SIGNATURE_BYTES - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = utils.arrayify(signature);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(await ownerWhoSigned(order, polygon, utils.hexlify(bytes))).not.toBe(owner);
      }),
      { numRuns: 40 },
    );
  });

  test('the order id is the plain digest, as for every other type', async () => {
    const { orderHash } = await signOrder(privateKey, vectors.order, polygon);
    expect(orderHash).toBe(hashOrder(vectors.order, polygon));
  });

  test('the envelope of a session key is told from an owner’s signature', async () => {
    const signature = await signForContractWallet(privateKey, vectors.order, polygon);
    expect(isSessionSignature(signature)).toBe(false);
    expect(isSessionSignature(`${signature}${'6492'.repeat(16)}`)).toBe(true);
  });
});

describe('a deposit wallet’s order is refused', () => {
  const { order } = vectors;
  const refused: readonly (readonly [string, object])[] = [
    ['signatureType', { schema: 1, taker: `0x${'0'.repeat(40)}`, nonce: 0n, feeRateBps: 0n, expiration: 0n }],
    ['signer', { signer: vectors.address }],
    ['maker', { maker: vectors.address, signer: vectors.address }],
    ['maker', { maker: `0x${'0'.repeat(40)}`, signer: `0x${'0'.repeat(40)}` }],
    ['makerAmount', { makerAmount: 0n }],
  ];
  test.each(refused)('for its %s: %o', async (part, change) => {
    const wrong = { ...order, ...change } as OrderV2;
    await expect(signOrder(privateKey, wrong, polygon)).rejects.toMatchObject({ name: 'SigningFault', part });
  });
});
