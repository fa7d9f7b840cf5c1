import { Chain, ClobClient, OrderType, Side, type ApiKeyCreds } from '@polymarket/clob-client-v2';
import type { ethers } from 'ethers';
import { hmacSignature } from '../auth/hmac.ts';
import type { TestEmulator } from './support.ts';

/** Requests put together by hand, for what the official clients will not let a caller get wrong. */
export async function credentialsFor(emulator: TestEmulator, wallet: ethers.Wallet): Promise<ApiKeyCreds> {
  return new ClobClient({ host: emulator.url, chain: Chain.POLYGON, signer: wallet }).createOrDeriveApiKey();
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function sendSigned(
  emulator: TestEmulator,
  wallet: ethers.Wallet,
  creds: ApiKeyCreds,
  request: RawRequest,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  const timestamp = String(request.timestamp ?? Math.floor(Date.now() / 1000));
  const { method, path } = request;
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: {
      POLY_ADDRESS: wallet.address,
      POLY_API_KEY: creds.key,
      POLY_PASSPHRASE: creds.passphrase,
      POLY_TIMESTAMP: timestamp,
      POLY_SIGNATURE: hmacSignature({ secret: creds.secret, timestamp, method, path, body }),
      ...request.headers,
    },
    ...(body === '' ? {} : { body }),
  });
  return { status: response.status, body: await response.json() };
}

export interface OrderInput {
  readonly token: string;
  readonly price: number;
  readonly size: number;
  readonly side: 'BUY' | 'SELL';
  readonly orderType?: 'GTC' | 'GTD' | 'FOK' | 'FAK';
  readonly expiration?: number;
  readonly postOnly?: boolean;
  readonly deferExec?: boolean;
  readonly builderCode?: string;
}

/** The body of `POST /order` as the official V2 client signs it. */
export async function signedOrderBody(
  emulator: TestEmulator,
  wallet: ethers.Wallet,
  creds: ApiKeyCreds,
  input: OrderInput,
): Promise<{ readonly order: Record<string, unknown>; readonly owner: string; readonly orderType: string }> {
  const client = new ClobClient({ host: emulator.url, chain: Chain.POLYGON, signer: wallet, creds });
  const order = await client.createOrder({
    tokenID: input.token,
    price: input.price,
    size: input.size,
    side: input.side === 'BUY' ? Side.BUY : Side.SELL,
    ...(input.expiration === undefined ? {} : { expiration: input.expiration }),
    ...(input.builderCode === undefined ? {} : { builderCode: input.builderCode }),
  });
  return {
    order: { ...order, salt: Number(order.salt) },
    owner: creds.key,
    orderType: input.orderType ?? OrderType.GTC,
    ...(input.postOnly === undefined ? {} : { postOnly: input.postOnly }),
    ...(input.deferExec === undefined ? {} : { deferExec: input.deferExec }),
  };
}

/** Signs and posts one order. */
export async function post(
  emulator: TestEmulator,
  wallet: ethers.Wallet,
  creds: ApiKeyCreds,
  input: OrderInput,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const body = await signedOrderBody(emulator, wallet, creds, input);
  return sendSigned(emulator, wallet, creds, { method: 'POST', path: '/order', body });
}
