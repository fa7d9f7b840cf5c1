import { utils, Wallet } from 'ethers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { safeAddressOf } from '../../shared/venues/polymarket/account/safe-address.ts';
import { member, rowsOf, type Answer } from './support/ask.ts';
import { expectRouterRefusal } from './support/builder.ts';
import { newTrader, type Trader } from './support/trader.ts';
import {
  clobAccount,
  kalshiAccount,
  type ClobAccount,
  type KalshiAccount,
} from './support/venue-accounts.ts';

const file = inject('postern');
const ONBOARD = '/api/v1/onboard';

let alice: ClobAccount;
let bob: ClobAccount;
let carol: KalshiAccount;
let dave: KalshiAccount;
beforeAll(async () => {
  [alice, bob, carol, dave] = await Promise.all([
    clobAccount(file),
    clobAccount(file),
    kalshiAccount(file),
    kalshiAccount(file),
  ]);
});

const selfPolymarket = (members: object): object => ({ exchange: 'polymarket', mode: 'self', ...members });
const selfKalshi = (members: object): object => ({ exchange: 'kalshi', mode: 'self', ...members });
const managed = (members: object = {}): object => ({ exchange: 'polymarket', mode: 'managed', ...members });

/** What is linked, by the wallet's own route. */
const linked = async (trader: Trader): Promise<unknown> =>
  member(await trader.call('GET', '/api/v1/wallet'), 'linked_exchanges');
const pinged = async (trader: Trader, exchange: string): Promise<unknown> =>
  rowsOf(await trader.call('GET', `/api/v1/ping?exchange=${exchange}`))[0];
const believed = { has_credentials: true, authenticated: true };

function expectOnboarded(answer: Answer, members: object): void {
  expect(answer.status, answer.text).toBe(200);
  expect(answer.json).toMatchObject(members);
}

describe('mode self', () => {
  test('polymarket: checked, stored, linked; said again it is already linked', async () => {
    const trader = await newTrader(file);
    const body = selfPolymarket({ ...alice.wire, private_key: alice.privateKey });
    const steps = ['credentials_validated', 'credentials_stored', 'exchange_linked'];
    const reply = {
      exchange: 'polymarket',
      mode: 'self',
      eoa_address: alice.address,
      safe_address: null,
      linked_exchanges: ['polymarket'],
      steps_completed: steps,
    };
    expectOnboarded(await trader.call('POST', ONBOARD, body), { ...reply, status: 'complete' });
    expectOnboarded(await trader.call('POST', ONBOARD, body), { ...reply, status: 'already_linked' });
    expect(await pinged(trader, 'polymarket')).toMatchObject(believed);
  });

  test('polymarket without the private key: requests are signed for the wallet that is named', async () => {
    const trader = await newTrader(file);
    const body = selfPolymarket({ ...alice.wire, eoa_address: alice.address });
    expectOnboarded(await trader.call('POST', ONBOARD, body), { eoa_address: alice.address });
    expect(await pinged(trader, 'polymarket')).toMatchObject(believed);
  });

  test('polymarket with the private key alone: its CLOB key comes from the venue', async () => {
    const trader = await newTrader(file);
    const body = selfPolymarket({ private_key: Wallet.createRandom().privateKey.slice(2) });
    expectOnboarded(await trader.call('POST', ONBOARD, body), { status: 'complete' });
    expectOnboarded(await trader.call('POST', ONBOARD, body), { status: 'already_linked' });
    expect(await pinged(trader, 'polymarket')).toMatchObject(believed);
  });

  test("signature type 2: the Safe is Polymarket's for the wallet, or the one that is named", async () => {
    const funder = utils.getAddress(`0x${'5afe'.repeat(10)}`);
    for (const [named, safe] of [
      [{}, safeAddressOf(alice.address)],
      [{ funder }, funder],
    ] as const) {
      const trader = await newTrader(file);
      const body = selfPolymarket({
        ...alice.wire,
        private_key: alice.privateKey,
        signature_type: 2,
        ...named,
      });
      expectOnboarded(await trader.call('POST', ONBOARD, body), { safe_address: safe });
      const wallet = { wallet_type: 'safe', safe_address: safe, managed: false, chain_id: 137 };
      expect(member(await trader.call('GET', '/api/v1/wallet'), 'wallet')).toMatchObject(wallet);
    }
  });

  test('kalshi: checked, stored, linked; said again it is already linked', async () => {
    const trader = await newTrader(file);
    const reply = { eoa_address: null, safe_address: null, linked_exchanges: ['kalshi'] };
    const first = await trader.call('POST', ONBOARD, selfKalshi(carol.wire));
    expectOnboarded(first, { ...reply, status: 'complete' });
    const again = await trader.call('POST', ONBOARD, selfKalshi(carol.wire));
    expectOnboarded(again, { ...reply, status: 'already_linked' });
    expect(await pinged(trader, 'kalshi')).toMatchObject(believed);
  });

  test('other credentials take the place of those before, once the venue believes them', async () => {
    const trader = await newTrader(file);
    await trader.call('POST', ONBOARD, selfPolymarket({ ...alice.wire, private_key: alice.privateKey }));
    await trader.call('POST', ONBOARD, selfKalshi(carol.wire));
    const bobs = selfPolymarket({ ...bob.wire, private_key: bob.privateKey });
    const reply = { status: 'complete', eoa_address: bob.address };
    expectOnboarded(await trader.call('POST', ONBOARD, bobs), reply);
    expectOnboarded(await trader.call('POST', ONBOARD, selfKalshi(dave.wire)), {
      status: 'complete',
      linked_exchanges: ['kalshi', 'polymarket'],
    });
  });
});

describe('mode managed', () => {
  test('eoa: a wallet of its own, that the venue believes; said again it is the same one', async () => {
    const trader = await newTrader(file);
    const first = await trader.call('POST', ONBOARD, managed());
    expectOnboarded(first, { status: 'complete', safe_address: null, linked_exchanges: ['polymarket'] });
    expect(member(first, 'steps_completed')).toEqual([
      'wallet_eoa_created',
      'credentials_validated',
      'credentials_stored',
      'exchange_linked',
    ]);
    const address = member(first, 'eoa_address');
    const again = await trader.call('POST', ONBOARD, managed({ wallet_type: 'eoa', chain_id: 137 }));
    expectOnboarded(again, { status: 'already_linked', eoa_address: address });
    expect(await pinged(trader, 'polymarket')).toMatchObject(believed);
    const wallet = {
      eoa_address: address,
      wallet_type: 'eoa',
      chain_id: 137,
      managed: true,
      created_at: expect.stringMatching(/^\d{4}-/) as unknown,
    };
    expect((await trader.call('GET', '/api/v1/wallet')).json).toEqual({
      wallet,
      wallets: [wallet],
      session_signer: null,
      linked_exchanges: [{ exchange: 'polymarket', has_credentials: true }],
    });
  });

  test("safe: the Safe of the vault's signer, for the wallet that is named", async () => {
    const trader = await newTrader(file);
    const eoa_address = Wallet.createRandom().address;
    const first = await trader.call('POST', ONBOARD, managed({ wallet_type: 'safe', eoa_address }));
    expectOnboarded(first, { status: 'complete', eoa_address });
    expect(member(first, 'steps_completed')).toEqual([
      'external_eoa_provided',
      'wallet_safe_created',
      'credentials_validated',
      'credentials_stored',
      'exchange_linked',
    ]);
    const wallet = member(await trader.call('GET', '/api/v1/wallet'), 'wallet') as Record<string, string>;
    expect(wallet['safe_address']).toBe(safeAddressOf(wallet['signer_address'] ?? ''));
    expect(member(first, 'safe_address')).toBe(wallet['safe_address']);
    expect(await pinged(trader, 'polymarket')).toMatchObject(believed);
  });

  test("nothing takes a managed wallet's place: its key exists nowhere else", async () => {
    const trader = await newTrader(file);
    const first = await trader.call('POST', ONBOARD, managed());
    for (const body of [
      selfPolymarket({ ...alice.wire, private_key: alice.privateKey }),
      managed({ wallet_type: 'safe', eoa_address: alice.address }),
    ]) {
      expectRouterRefusal(await trader.call('POST', ONBOARD, body), 409, 'conflict', 'CREDENTIALS_LINKED');
    }
    const wallet = member(await trader.call('GET', '/api/v1/wallet'), 'wallet');
    expect(wallet).toMatchObject({ eoa_address: member(first, 'eoa_address'), wallet_type: 'eoa' });
  });

  test('a wallet of the trader is not taken for a managed one', async () => {
    const trader = await newTrader(file);
    await trader.call('POST', ONBOARD, selfPolymarket({ ...alice.wire, private_key: alice.privateKey }));
    const answer = await trader.call('POST', ONBOARD, managed());
    expectRouterRefusal(answer, 409, 'conflict', 'CREDENTIALS_LINKED');
  });
});

describe('unlinking', () => {
  test('ends one exchange and leaves the other; said again it is 204 too', async () => {
    const trader = await newTrader(file);
    await trader.call('POST', ONBOARD, managed());
    await trader.call('POST', ONBOARD, selfKalshi(carol.wire));
    for (let times = 0; times < 2; times += 1) {
      const answer = await trader.call('DELETE', `${ONBOARD}?exchange=polymarket`);
      expect([answer.status, answer.text]).toEqual([204, '']);
    }
    expect(await linked(trader)).toEqual([{ exchange: 'kalshi', has_credentials: true }]);
    expect(await pinged(trader, 'polymarket')).toMatchObject({
      has_credentials: false,
      authenticated: false,
    });
    const fresh = await trader.call('POST', ONBOARD, managed());
    expectOnboarded(fresh, { status: 'complete' });
  });
});

describe('what is refused, and which part of it is wrong', () => {
  const key = { private_key: `0x${'7e57'.repeat(16)}` };
  const triple = { clob_api_key: 'k', clob_api_secret: 'c2VjcmV0', clob_api_passphrase: 'p' };
  const owner = `0x${'1'.repeat(40)}`;

  test.each([
    ['no exchange', { mode: 'self' }, 400, 'missing_parameter', 'exchange'],
    ['an unknown exchange', { exchange: 'nyse', mode: 'self' }, 404, 'exchange_not_found', 'nyse|one of'],
    ['a data-only exchange', { exchange: 'opinion', mode: 'self' }, 501, 'not_supported', 'data only'],
    ['paper', { exchange: 'paper', mode: 'self' }, 501, 'not_supported', 'paper'],
    ['kalshi managed', { exchange: 'kalshi', mode: 'managed' }, 501, 'not_supported', 'managed'],
    ['no mode', { exchange: 'polymarket' }, 400, 'validation_error', 'mode'],
    ['a member of no one', selfPolymarket({ ...key, seed: 'x' }), 400, 'validation_error', 'seed'],
    [
      'a member of kalshi',
      selfPolymarket({ ...key, api_key_id: 'x' }),
      400,
      'validation_error',
      'api_key_id',
    ],
    ['a member of polymarket', selfKalshi({ ...triple }), 400, 'validation_error', 'clob_api_key'],
    ['a member of self', managed(key), 400, 'validation_error', 'private_key'],
    ['nothing to sign with', selfPolymarket({}), 400, 'validation_error', 'clob_api_key'],
    [
      'half a CLOB key',
      selfPolymarket({ ...key, clob_api_key: 'k' }),
      400,
      'validation_error',
      'clob_api_secret',
    ],
    ['a CLOB key of nobody', selfPolymarket(triple), 400, 'validation_error', 'eoa_address'],
    ['no hex', selfPolymarket({ private_key: 'z'.repeat(64) }), 400, 'validation_error', 'private_key'],
    ['zero', selfPolymarket({ private_key: '0'.repeat(64) }), 400, 'validation_error', 'private_key'],
    [
      'a secret that is no base64',
      selfPolymarket({ ...key, ...triple, clob_api_secret: '!!!' }),
      400,
      'validation_error',
      'clob_api_secret',
    ],
    ['a funder of type 0', selfPolymarket({ ...key, funder: owner }), 400, 'validation_error', 'funder'],
    [
      'type 1 without a funder',
      selfPolymarket({ ...key, signature_type: 1 }),
      400,
      'validation_error',
      'funder',
    ],
    [
      'type 3 without a funder',
      selfPolymarket({ ...key, signature_type: 3 }),
      400,
      'validation_error',
      'funder: is missing: the deposit wallet, 0x',
    ],
    [
      "type 3 with another's wallet",
      selfPolymarket({ ...key, signature_type: 3, funder: owner }),
      400,
      'validation_error',
      'funder: is not the deposit wallet',
    ],
    ['type 4', selfPolymarket({ ...key, signature_type: 4 }), 400, 'validation_error', 'signature_type'],
    ['a safe for nobody', managed({ wallet_type: 'safe' }), 400, 'validation_error', 'eoa_address'],
    ['an eoa for somebody', managed({ eoa_address: owner }), 400, 'validation_error', 'eoa_address'],
    ['another chain', managed({ chain_id: 1 }), 400, 'validation_error', 'chain_id'],
    ['kalshi without an id', selfKalshi({ private_key: 'x' }), 400, 'validation_error', 'api_key_id'],
    [
      'no PEM',
      selfKalshi({ api_key_id: 'x', private_key: 'not a pem' }),
      400,
      'validation_error',
      'private_key',
    ],
  ] as const)('%s', async (_, body, status, code, says) => {
    const trader = await newTrader(file);
    const answer = await trader.call('POST', ONBOARD, body);
    expect([answer.status, member(answer, 'code')], answer.text).toEqual([status, code]);
    expect(member(answer, 'error')).toMatch(new RegExp(says));
    expect(await linked(trader)).toEqual([]);
  });

  const wrong = (text: string): string => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
  test.each([
    ['the secret', () => ({ clob_api_secret: wrong(alice.wire.clob_api_secret) }), 'clob_api_secret'],
    ['the passphrase', () => ({ clob_api_passphrase: 'x' }), 'clob_api_passphrase'],
    ['the id', () => ({ clob_api_key: wrong(alice.wire.clob_api_key) }), 'clob_api_key'],
    ['the private key', () => ({ private_key: bob.privateKey }), 'clob_api_key'],
  ] as const)('polymarket: %s is wrong', async (_, change, part) => {
    const trader = await newTrader(file);
    const body = selfPolymarket({ ...alice.wire, private_key: alice.privateKey, ...change() });
    const answer = await trader.call('POST', ONBOARD, body);
    expectRouterRefusal(answer, 403, 'authentication_failed', 'AUTHENTICATION_FAILED');
    expect(member(answer, 'validation_errors')).toEqual([expect.stringMatching(new RegExp(`^${part}: `))]);
    expect(await linked(trader)).toEqual([]);
  });

  test.each([
    ['the id', () => ({ ...carol.wire, api_key_id: 'nobody' }), 'api_key_id'],
    ['the key', () => ({ ...carol.wire, private_key: dave.wire.private_key }), 'private_key'],
  ] as const)('kalshi: %s is wrong', async (_, credentials, part) => {
    const trader = await newTrader(file);
    const answer = await trader.call('POST', ONBOARD, selfKalshi(credentials()));
    expectRouterRefusal(answer, 403, 'authentication_failed', 'AUTHENTICATION_FAILED');
    expect(member(answer, 'validation_errors')).toEqual([expect.stringMatching(new RegExp(`^${part}: `))]);
    expect(await linked(trader)).toEqual([]);
  });

  test('a refused credential leaves the one before in its place', async () => {
    const trader = await newTrader(file);
    await trader.call('POST', ONBOARD, selfKalshi(carol.wire));
    await trader.call('POST', ONBOARD, selfKalshi({ ...carol.wire, private_key: dave.wire.private_key }));
    expect(await pinged(trader, 'kalshi')).toMatchObject(believed);
  });

  test('a key without the permission credentials', async () => {
    const trader = await newTrader(file, { tier: 'free' });
    for (const [method, path, body] of [
      ['POST', ONBOARD, managed()],
      ['DELETE', `${ONBOARD}?exchange=polymarket`, undefined],
    ] as const) {
      const answer = await trader.call(method, path, body);
      expectRouterRefusal(answer, 403, 'forbidden', 'INSUFFICIENT_PERMISSION');
    }
  });

  test.each([
    ['', 400, 'missing_parameter', 'MISSING_PARAMETER'],
    ['?exchange=nyse', 404, 'exchange_not_found', 'EXCHANGE_NOT_FOUND'],
    ['?exchange=limitless', 501, 'not_supported', 'NOT_SUPPORTED'],
  ] as const)('unlinking %s', async (query, status, code, reason) => {
    const trader = await newTrader(file);
    expectRouterRefusal(await trader.call('DELETE', `${ONBOARD}${query}`), status, code, reason);
  });
});
