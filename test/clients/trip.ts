import type { Wallet } from 'ethers';

export interface TripSettings {
  readonly host: string;
  readonly signer: Wallet;
  readonly tokenID: string;
}

interface PostedOrder {
  readonly success: boolean;
  readonly errorMsg?: string;
  readonly orderID: string;
  readonly status: string;
  readonly makingAmount: string;
  readonly takingAmount: string;
}

/** What a client got back on its way; the members both generations have. */
export interface Trip {
  readonly creds: { readonly key: string; readonly secret: string; readonly passphrase: string };
  readonly tickSize: string;
  readonly book: { readonly asks: readonly { readonly price: string }[] };
  readonly limit: PostedOrder;
  readonly buy: PostedOrder;
  readonly sell: PostedOrder;
  readonly two: readonly PostedOrder[];
  readonly open: readonly { readonly id: string; readonly original_size: string }[];
  readonly one: { readonly id: string; readonly original_size: string };
  readonly cancelled: { readonly canceled: readonly string[] };
  readonly cancelledAll: { readonly canceled: readonly string[] };
  readonly stillOpen: readonly unknown[];
  readonly trades: readonly {
    readonly side: string;
    readonly size: string;
    readonly transaction_hash?: string;
  }[];
  readonly balance: string;
}
