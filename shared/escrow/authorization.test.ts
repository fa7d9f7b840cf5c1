import { Wallet } from 'ethers';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { asMicro } from '../money/fixed.ts';
import { checkFeeAuth, feeAuthMembers, type AuthorizationContext } from './authorization.ts';

/** Obviously keys of tests. */
const payer = new Wallet(`0x${'11'.repeat(32)}`);
const stranger = new Wallet(`0x${'22'.repeat(32)}`);
const CONTRACT = '0x00000000000000000000000000000000000000e5';
const NOW = 1_790_000_000_000;
const ORDER = `0x${'AB'.repeat(32)}`;

const context: AuthorizationContext = {
  domain: { chainId: 137, contract: CONTRACT },
  bounds: { min: asMicro(100_000n), max: asMicro(125_000n) },
  nowMs: NOW,
};
const body = z.strictObject(feeAuthMembers);

interface Claim {
  readonly order_id: string;
  readonly payer: string;
  readonly fee_amount: unknown;
  readonly deadline: unknown;
}
const claim: Claim = {
  order_id: ORDER,
  payer: payer.address,
  fee_amount: '125000',
  deadline: NOW / 1000 + 60,
};

/** Signed as wallets of payers do it, with ethers. */
async function signed(overrides: Partial<Claim> = {}, by = payer, domain: object = {}): Promise<object> {
  const auth = { ...claim, ...overrides };
  const signature = await by._signTypedData(
    { name: 'ParsecFeeEscrow', version: '1', chainId: 137, verifyingContract: CONTRACT, ...domain },
    {
      PullFee: [
        { name: 'orderId', type: 'bytes32' },
        { name: 'payer', type: 'address' },
        { name: 'feeAmount', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    { ...auth, orderId: auth.order_id, feeAmount: auth.fee_amount },
  );
  return { ...auth, signature };
}

/** 'ok', or the path of the member at fault. */
async function verdict(fee_auth: object, beside: object = {}): Promise<unknown> {
  const parsed = body.safeParse({ fee_auth, ...beside });
  if (!parsed.success) return parsed.error.issues[0]?.path.join('.');
  if (parsed.data.fee_auth === undefined) return undefined;
  const checked = await checkFeeAuth(parsed.data.fee_auth, parsed.data, context);
  return checked.ok ? 'ok' : (checked.message ?? '').split(':')[0];
}

describe('a fee authorization', () => {
  test("signed by the payer's wallet is accepted, whatever the capitals and kinds of numbers", async () => {
    expect(await verdict(await signed())).toBe('ok');
    const numbers = { fee_amount: 125_000, deadline: String(NOW / 1000 + 1) };
    expect(await verdict(await signed(numbers))).toBe('ok');
    const parties = { payer_address: payer.address, signer_address: payer.address.toLowerCase() };
    expect(await verdict({ ...(await signed()), ...parties }, parties)).toBe('ok');
  });

  test('the domain is that of the contract on this chain: a signature for another one is none', async () => {
    for (const other of [
      { name: 'DomeFeeEscrow' },
      { version: '2' },
      { chainId: 80_002 },
      { verifyingContract: '0x00000000000000000000000000000000000000e6' },
    ])
      expect(await verdict(await signed({}, payer, other))).toBe('fee_auth.signature');
  });

  test.each([
    ['fee_auth.fee_amount', { fee_amount: '125001' }],
    ['fee_auth.fee_amount', { fee_amount: '99999' }],
    ['fee_auth.fee_amount', { fee_amount: 1.5 }],
    ['fee_auth.deadline', { deadline: NOW / 1000 }],
    ['fee_auth.deadline', { deadline: NOW }],
    ['fee_auth.order_id', { order_id: '0xab' }],
    ['fee_auth.payer', { payer: '0x12' }],
    ['fee_auth.signature', { payer: stranger.address }],
  ])('%s is named by a fault of %o', async (path, overrides) => {
    expect(await verdict({ ...(await signed()), ...overrides })).toBe(path);
  });

  test('no member can be changed after it was signed', async () => {
    const fine = await signed();
    for (const change of [
      { order_id: `0x${'cd'.repeat(32)}` },
      { fee_amount: '124999' },
      { deadline: NOW / 1000 + 61 },
    ])
      expect(await verdict({ ...fine, ...change })).toBe('fee_auth.signature');
  });

  test('a signature by anyone else, or no signature at all, is refused', async () => {
    expect(await verdict(await signed({}, stranger))).toBe('fee_auth.signature');
    expect(await verdict({ ...claim, signature: `0x${'00'.repeat(65)}` })).toBe('fee_auth.signature');
    expect(await verdict({ ...claim, signature: '0x12' })).toBe('fee_auth.signature');
  });

  test.each(['payer_address', 'signer_address'])(
    '%s must be the payer, inside and beside',
    async (member) => {
      const fine = await signed();
      expect(await verdict({ ...fine, [member]: stranger.address })).toBe(`fee_auth.${member}`);
      expect(await verdict(fine, { [member]: stranger.address })).toBe(member);
    },
  );

  test('the affiliate may stand inside or beside, but only one', async () => {
    const fine = await signed();
    expect(await verdict(fine, { affiliate: stranger.address })).toBe('ok');
    expect(await verdict({ ...fine, affiliate: payer.address }, { affiliate: stranger.address })).toBe(
      'affiliate',
    );
  });

  test('an unknown member is refused', async () => {
    expect(await verdict({ ...(await signed()), tip: '1' })).toBe('fee_auth');
  });
});
