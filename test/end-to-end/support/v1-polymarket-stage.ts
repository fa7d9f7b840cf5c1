import { expect } from 'vitest';
import * as z from 'zod';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { openMarket, setBook } from '../../support/markets.ts';
import type { TenantSpec } from '../../support/tenants.ts';
import { newTrader, type Trader } from './trader.ts';
import { clobAccount, type ClobAccount } from './venue-accounts.ts';

/** A trader whose account the venue believes, and its wallet. */
export interface VenueTrader extends Trader {
  readonly account: ClobAccount;
}

/** `keyed`: the vault has the private key too, and can sign orders. The tenant trades on Polymarket by default. */
export async function venueTrader(
  file: PosternFile,
  { keyed, ...spec }: TenantSpec & { readonly keyed: boolean },
): Promise<VenueTrader> {
  const [account, trader] = await Promise.all([
    clobAccount(file),
    newTrader(file, { default_venue: 'polymarket', ...spec }),
  ]);
  const whose = keyed ? { private_key: account.privateKey } : { eoa_address: account.address };
  const body = { exchange: 'polymarket', mode: 'self', ...whose, ...account.wire };
  const answer = await trader.call('POST', '/api/v1/onboard', body);
  expect(answer.status, answer.text).toBe(200);
  return { ...trader, account };
}

const rows = z.array(
  z.object({
    hash: z.string(),
    market: z.string(),
    maker: z.string(),
    owner: z.string(),
    status: z.string(),
    builder: z.string().nullable(),
  }),
);
export type VenueRow = z.infer<typeof rows>[number];

/** A market with a book that stands still: Yes at 0.40 and 0.50, 8 and then many more. */
export interface VenueMarket {
  readonly condition: string;
  readonly yes: string;
  /** Orders of a wallet on it, as the venue has them. */
  orders(account: ClobAccount): Promise<readonly VenueRow[]>;
}

export async function venueMarket(file: PosternFile): Promise<VenueMarket> {
  const { condition, yes } = await openMarket(file);
  await setBook(file, yes, {
    bids: [{ price: '0.40', size: '5000' }],
    asks: [
      { price: '0.50', size: '8' },
      { price: '0.60', size: '5000' },
    ],
  });
  return {
    condition,
    yes,
    async orders({ address }) {
      const response = await fetch(`${file.emulators.polymarket}/__control/orders`);
      return rows
        .parse(await response.json())
        .filter(({ market, maker }) => market === condition && maker === address);
    },
  };
}
