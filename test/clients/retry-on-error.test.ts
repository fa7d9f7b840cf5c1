import { Chain, ClobClient as ClientV1, Side, type ApiKeyCreds } from '@polymarket/clob-client';
import { Chain as ChainV2, ClobClient as ClientV2, Side as SideV2 } from '@polymarket/clob-client-v2';
import { Wallet } from 'ethers';
import { describe, expect, inject, test } from 'vitest';
import { startFaultyProxy, type Loss } from '../support/faulty-proxy.ts';
import { openMarket } from '../support/markets.ts';
import { createTenant } from '../support/tenants.ts';

const file = inject('postern');

interface Posted {
  readonly success: boolean;
  readonly orderID: string;
}
interface Client {
  /** A BUY of 20 at a cent. */
  readonly place: (tokenID: string) => Promise<Posted>;
  readonly getOpenOrders: () => Promise<readonly { readonly id: string }[]>;
}
type Make = (host: string, signer: Wallet, creds: ApiKeyCreds) => Client;
/** Positional arguments of the earlier client that stand between the credentials and `retryOnError`. */
const unset = [undefined, undefined, undefined, undefined, undefined, undefined] as const;
const amounts = { price: 0.01, size: 20 };

// Both clients' reply type is `any`.
const v1: Make = (host, signer, creds) => {
  const client = new ClientV1(host, Chain.POLYGON, signer, creds, ...unset, true);
  return {
    place: (tokenID) =>
      client.createAndPostOrder({ tokenID, ...amounts, side: Side.BUY }, { tickSize: '0.01' }),
    getOpenOrders: () => client.getOpenOrders(),
  };
};
const v2: Make = (host, signer, creds) => {
  const client = new ClientV2({ host, chain: ChainV2.POLYGON, signer, creds, retryOnError: true });
  return {
    place: (tokenID) =>
      client.createAndPostOrder({ tokenID, ...amounts, side: SideV2.BUY }, { tickSize: '0.01' }),
    getOpenOrders: () => client.getOpenOrders(),
  };
};

describe.each([
  ['clob-client 5.8.1', v1],
  ['clob-client-v2 1.1.0', v2],
] as const)('%s with its own retryOnError', (_, make) => {
  test.each<Loss>(['bad gateway', 'dropped connection'])(
    'after a %s in place of the reply: one order stands, and the client has its id',
    async (loss) => {
      const signer = Wallet.createRandom();
      await createTenant(file, { wallet_address: signer.address, keys: 0 });
      const { yes: tokenID } = await openMarket(file);
      const creds = await new ClientV1(`${file.url}/v1`, Chain.POLYGON, signer).createOrDeriveApiKey();
      const proxy = await startFaultyProxy(file.url, loss);
      try {
        const client = make(`${proxy.url}/v1`, signer, creds);
        const posted = await client.place(tokenID);
        expect(proxy.orders()).toBe(2);
        expect(posted.success).toBe(true);
        expect((await client.getOpenOrders()).map(({ id }) => id)).toEqual([posted.orderID]);
      } finally {
        await proxy.close();
      }
    },
  );
});
