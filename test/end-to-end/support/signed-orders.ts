import { Chain, ClobClient, OrderType, Side } from '@polymarket/clob-client-v2';
import { Wallet } from 'ethers';
import type { PosternFile } from '../../../scripts/launch/launch.ts';

export interface SignedTerms {
  readonly token: string;
  readonly price: number;
  readonly size: number;
  readonly side?: 'BUY' | 'SELL';
}

/** The body of `POST /order` for an order that the venue's own client has signed with this wallet. */
export async function signedBody(
  file: PosternFile,
  privateKey: string,
  { token, price, size, side = 'BUY' }: SignedTerms,
): Promise<SignedBody> {
  const client = new ClobClient({
    host: file.emulators.polymarket,
    chain: Chain.POLYGON,
    signer: new Wallet(privateKey),
    throwOnError: true,
  });
  const terms = { tokenID: token, price, size, side: side === 'BUY' ? Side.BUY : Side.SELL };
  const { salt, ...order } = await client.createOrder(terms, { tickSize: '0.01', negRisk: false });
  // As the client itself sends it.
  return {
    order: { ...order, salt: Number(salt) },
    owner: 'the key of the client',
    orderType: OrderType.GTC,
  };
}

export interface SignedBody {
  readonly order: Readonly<Record<string, unknown>>;
  readonly owner: string;
  readonly orderType: string;
}
