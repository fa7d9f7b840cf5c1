import { utils } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  signingVectors,
  vector,
  vectorExchange,
  vectorOrderV1,
  vectorOrderV2,
} from '../../../test/support/signing-vectors.ts';
import { exchangeContract } from './exchange-contracts.ts';
import {
  hashOrder,
  orderDomain,
  orderTypes,
  type Order,
  type ExchangeContract,
  type OrderV1,
  type OrderV2,
} from './order-typed-data.ts';
import { signOrder } from './sign-order.ts';
import { Secret } from '../secret.ts';

const { privateKey, address, typeHashes } = signingVectors;
const funder = `0x${'5'.repeat(40)}`;
const polygon = { chainId: 137, verifyingContract: exchangeContract(137, 2, false) };
const order: OrderV2 = {
  schema: 2,
  salt: 479249096354n,
  maker: address,
  signer: address,
  tokenId: 1234n,
  makerAmount: 100_000_000n,
  takerAmount: 50_000_000n,
  side: 'BUY',
  signatureType: 0,
  timestamp: 1_710_000_000_000n,
  metadata: `0x${'0'.repeat(64)}`,
  builder: `0x${'0'.repeat(64)}`,
};
const { timestamp: _timestamp, metadata: _metadata, builder: _builder, ...shared } = order;
const earlier: OrderV1 = {
  ...shared,
  schema: 1,
  taker: `0x${'0'.repeat(40)}`,
  expiration: 0n,
  nonce: 0n,
  feeRateBps: 100n,
};
const polygonV1 = { chainId: 137, verifyingContract: exchangeContract(137, 1, false) };

const { _TypedDataEncoder: encoder } = utils;
const domainSeparator = (version: string, exchange: ExchangeContract): string =>
  encoder.hashDomain(orderDomain(version, exchange));

describe('published vectors', () => {
  test.each(['V1 order CTF Exchange Amoy', 'V1 order NegRisk Exchange Amoy'])('%s', async (name) => {
    const { input, expected } = vector(`${name} hash`);
    const signed = await signOrder(Secret.of(privateKey), vectorOrderV1(input), vectorExchange(input));
    expect(signed).toEqual({ orderHash: expected, signature: vector(`${name} signature`).expected });
  });

  test('the V1 hash of an order that is not ours', () => {
    const { input, expected } = vector('V1 order hash chain 137 exchange 0x..01');
    expect(hashOrder(vectorOrderV1(input), vectorExchange(input))).toBe(expected);
  });

  test.each([
    ['V2 EOA order exchangeV2 chain 137', '2'],
    ['V2 EOA order negRiskExchangeV2 chain 137', '2'],
    ['V2 EOA order exchangeV2 Amoy', '2'],
    ['V3 EOA order exchangeV3 chain 137', '3'],
  ])('the domain of %s', (name, version) => {
    const { input } = vector(name);
    expect(domainSeparator(version, vectorExchange(input))).toBe(input['domainSeparator']);
  });

  test('the V2 struct hash and domain inside the contract wallet’s signature', () => {
    const { input, expected } = vector('V2 order POLY_1271 wrapped signature (Amoy)');
    // Layout: 65 bytes of signature, domain separator, struct hash, type and its length.
    const { side, ...members } = vectorOrderV2(input);
    const data = { ...members, side: side === 'BUY' ? 0 : 1 };
    const types = { Order: [...orderTypes[2].Order] };
    expect(domainSeparator('2', vectorExchange(input)).slice(2)).toBe(expected.slice(132, 196));
    expect(encoder.hashStruct('Order', types, data).slice(2)).toBe(expected.slice(196, 260));
  });

  test('the type hashes', () => {
    const typeHash = (types: { Order: readonly { name: string; type: string }[] }): string =>
      utils.id(`Order(${types.Order.map(({ name, type }) => `${type} ${name}`).join(',')})`);
    expect(typeHash(orderTypes[1])).toBe(typeHashes['V1']);
    expect(typeHash(orderTypes[2])).toBe(typeHashes['V2andV3']);
  });
});

describe('what is signed', () => {
  test('V2’s expiration is not: hash and signature stay as they are', async () => {
    expect(await signOrder(privateKey, { ...order, expiration: 99n }, polygon)).toEqual(
      await signOrder(privateKey, order, polygon),
    );
  });

  test('every other member is: a change of any changes the hash', () => {
    const changes: readonly Partial<OrderV2>[] = [
      { salt: 1n },
      { maker: funder },
      { signer: funder },
      { tokenId: 1n },
      { makerAmount: 1n },
      { takerAmount: 1n },
      { side: 'SELL' },
      { signatureType: 1 },
      { timestamp: 1n },
      { metadata: `0x${'1'.repeat(64)}` },
      { builder: `0x${'1'.repeat(64)}` },
    ];
    const hashes = changes.map((change) => hashOrder({ ...order, ...change }, polygon));
    expect(new Set([...hashes, hashOrder(order, polygon)]).size).toBe(changes.length + 1);
  });

  test('an address counts by its bytes, however it is capitalised', () => {
    const maker = `0x${address.slice(2).toUpperCase()}`;
    expect(hashOrder({ ...order, maker }, polygon)).toBe(hashOrder(order, polygon));
  });

  test('a flipped bit of the signature never recovers to the wallet', async () => {
    const { signature, orderHash } = await signOrder(privateKey, order, polygon);
    const bytes = utils.arrayify(signature);
    expect(utils.recoverAddress(orderHash, signature)).toBe(address);
    fc.assert(
      fc.property(fc.nat(64 * 8 - 1), (bit) => {
        const flipped = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(recovered(orderHash, flipped)).not.toBe(address);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a fault names the part that is wrong', () => {
  const faults: readonly (readonly [string, object])[] = [
    ['signer', { signer: funder, maker: funder }],
    ['signer', { signer: '0x12' }],
    ['maker', { maker: funder }],
    ['maker', { signatureType: 1 }],
    ['maker', { signatureType: 2 }],
    ['maker', { signatureType: 2, maker: `0x${'0'.repeat(40)}` }],
    ['maker', { maker: 'nobody' }],
    ['signer', { signatureType: 3, maker: funder }],
    ['maker', { signatureType: 3 }],
    ['signatureType', { signatureType: 4 }],
    ['signatureType', { signatureType: '0' }],
    ['schema', { schema: 3 }],
    ['side', { side: 'buy' }],
    ['salt', { salt: 1.5 }],
    ['salt', { salt: -1n }],
    ['salt', { salt: 2n ** 256n }],
    ['tokenId', { tokenId: 1234 }],
    ['makerAmount', { makerAmount: 0n }],
    ['makerAmount', { makerAmount: '100' }],
    ['takerAmount', { takerAmount: 0n }],
    ['takerAmount', { takerAmount: 0.5 }],
    ['timestamp', { timestamp: Number.NaN }],
    ['metadata', { metadata: '0x' }],
    ['builder', { builder: `0x${'0'.repeat(63)}` }],
  ];
  test.each(faults)('%s: %o', async (part, change) => {
    const wrong = { ...order, ...change } as Order;
    await expect(signOrder(privateKey, wrong, polygon)).rejects.toMatchObject({ name: 'SigningFault', part });
  });

  test.each([
    ['taker', { taker: undefined }],
    ['expiration', { expiration: -1n }],
    ['nonce', { nonce: 0 }],
    ['feeRateBps', { feeRateBps: null }],
  ])('%s of schema 1: %o', async (part, change) => {
    const wrong = { ...earlier, ...change } as Order;
    await expect(signOrder(privateKey, earlier, polygonV1)).resolves.toBeDefined();
    await expect(signOrder(privateKey, wrong, polygonV1)).rejects.toMatchObject({ part });
  });

  test.each([
    ['chainId', { chainId: 0 }],
    ['verifyingContract', { verifyingContract: 'exchange' }],
    ['verifyingContract', { verifyingContract: polygonV1.verifyingContract }],
  ])('%s of the exchange: %o', async (part, change) => {
    const wrong = { ...polygon, ...change };
    await expect(signOrder(privateKey, order, wrong)).rejects.toMatchObject({ part });
  });

  test('an order of schema 1 is not signed for a contract of schema 2', async () => {
    await expect(signOrder(privateKey, earlier, polygon)).rejects.toThrow(
      'verifyingContract settles orders of the other schema',
    );
  });

  test('a private key that is none is named and not quoted', async () => {
    const wrong = `${privateKey.slice(0, -1)}x`;
    const fault = await signOrder(wrong, order, polygon).then(String, String);
    expect(fault).toBe('SigningFault: privateKey is not 32 bytes of hex within the range of secp256k1');
  });
});

function recovered(digest: string, signature: readonly number[] | Uint8Array): string | undefined {
  try {
    return utils.recoverAddress(digest, utils.hexlify(signature));
  } catch {
    return undefined;
  }
}
