import { shot, type Shot } from '../load/protocol.ts';
import type { Origin } from '../servers/origin.ts';

export const bookShots = (keys: readonly string[], { token }: Origin): readonly Shot[] =>
  keys.map((key) => shot('GET', `/v1/book?token_id=${token}`, { 'x-api-key': key }));

/** The router's book of the same outcome: answered from a quote of at most 250 ms, in numbers. */
export const orderbookShots = (keys: readonly string[], { condition }: Origin): readonly Shot[] =>
  keys.map((key) => shot('GET', `/api/v1/orderbook?parsec_id=polymarket:${condition}`, { 'x-api-key': key }));

/** The cheapest route that a key opens: what it costs is admission. */
export const admitShots = (keys: readonly string[]): readonly Shot[] =>
  keys.map((key) => shot('GET', '/v1/auth/ban-status/closed-only', { 'x-api-key': key }));

/** Stands where every request puts its own salt; 16 digits, as microseconds since 1970 have. */
const SALT = '1111111111111111';
const SHARES = 5n;

/** A small FOK BUY at the best ask, so that it fills and pays a fee; a new order every time by its salt. */
export function orderShots(keys: readonly string[], { token, ask }: Origin): readonly Shot[] {
  const address = `0x${'ab'.repeat(20)}`;
  const micro = BigInt(Math.round(Number(ask) * 1e6));
  const order = {
    salt: SALT,
    maker: address,
    signer: address,
    taker: `0x${'0'.repeat(40)}`,
    tokenId: token,
    makerAmount: String(SHARES * micro),
    takerAmount: String(SHARES * 1_000_000n),
    side: 'BUY',
    expiration: '0',
    nonce: '0',
    feeRateBps: '1000',
    signatureType: 0,
    signature: `0x${'cd'.repeat(65)}`,
  };
  return keys.map((key) => {
    const body = JSON.stringify({ order, owner: key, orderType: 'FOK' });
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    return { ...shot('POST', '/v1/order', headers, body), serial: SALT };
  });
}

/** The same order each time, under a key of its own for each account: placed once, answered from the journal after. */
export const replayShots = (keys: readonly string[], origin: Origin): readonly Shot[] =>
  orderShots(keys, origin).map(({ head, body }) => ({
    head: head.replace('\r\n', '\r\nidempotency-key: bench-replay\r\n'),
    body,
  }));

export const writeShots = (objects: number): readonly Shot[] =>
  Array.from({ length: objects }, (_, index) => shot('POST', `/write/object-${index}`));
