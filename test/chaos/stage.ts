import * as z from 'zod';
import {
  clobAccount,
  credentialsHeader,
  fundWallet,
  kalshiAccount,
} from '../end-to-end/support/venue-accounts.ts';
import { controlVenue } from '../support/control.ts';
import { openMarket, setBook } from '../support/markets.ts';
import type { OwnProgram } from '../support/program.ts';
import { createTenant } from '../support/tenants.ts';
import { openFees } from './fees.ts';
import { ASK, type PlannedAccount } from './plan.ts';
import type { ChaosAccount, Markets } from './accounts.ts';

/** More than all orders of an account cost. */
export const FUNDS = '10000000';
const DEPTH = '100000000';
const CONCURRENCY = 8;

const marketList = z.object({ markets: z.array(z.object({ ticker: z.string() })) });

/** Books that stand still: nothing fills unless an order takes it at once. */
export async function openMarkets({ file }: OwnProgram): Promise<Markets> {
  const { condition, yes } = await openMarket(file);
  await setBook(file, yes, { bids: [], asks: [{ price: ASK.toFixed(2), size: DEPTH }] });
  const listed = await fetch(`${file.emulators.kalshi}/markets?status=open&limit=10`);
  const ticker = marketList.parse(await listed.json()).markets[0]?.ticker;
  if (ticker === undefined) throw new Error('the Kalshi emulator has no market');
  const asks = [{ price: ASK.toFixed(2), count: DEPTH }];
  await controlVenue(file, 'book', { ticker, bids: [], asks }, 'POST', 'kalshi');
  return { polymarket: condition, kalshi: ticker, paper: condition };
}

/** Makes the accounts, a few at a time. */
export async function openAccounts(
  program: OwnProgram,
  planned: readonly PlannedAccount[],
): Promise<readonly ChaosAccount[]> {
  const accounts: ChaosAccount[] = [];
  for (let at = 0; at < planned.length; at += CONCURRENCY) {
    const batch = planned.slice(at, at + CONCURRENCY).map((one, nth) => ({
      ...one,
      book: one.venue === 'paper' ? `paper/${at + nth}` : one.venue,
    }));
    accounts.push(...(await Promise.all(batch.map((one) => openAccount(program, one)))));
  }
  return accounts;
}

async function openAccount(
  program: OwnProgram,
  planned: Omit<ChaosAccount, 'headers'>,
): Promise<ChaosAccount> {
  const roles = planned.mode === 'customer' ? ['trader', 'builder'] : ['trader'];
  const { keys, tenant } = await createTenant(program.file, { roles });
  let headers: Record<string, string> = { 'x-api-key': keys[0]?.raw_key ?? '' };
  if (planned.venue === 'paper') return { ...planned, headers };
  if (planned.mode === 'customer') {
    const customer = await post(program, '/api/v1/builder/users', headers, {
      external_id: crypto.randomUUID(),
      qps_limit: 200,
    });
    headers = { ...headers, 'x-builder-customer-id': customerReply.parse(customer).customer_id };
  }
  const exchange = planned.venue;
  if (planned.mode === 'managed') {
    const made = await post(program, '/api/v1/onboard', headers, { exchange, mode: 'managed' });
    await fundWallet(program.file, walletReply.parse(made).eoa_address, FUNDS);
    return { ...planned, headers };
  }
  const credential = await newMember(program, exchange);
  if (planned.mode === 'request')
    return { ...planned, headers: { ...headers, ...credentialsHeader(credential) } };
  await post(program, '/api/v1/onboard', headers, { exchange, mode: 'self', ...credential });
  if (planned.mode !== 'customer' || exchange !== 'polymarket') return { ...planned, headers };
  return { ...planned, headers, payer: await openFees(program, tenant) };
}

const customerReply = z.object({ customer_id: z.string() });
const walletReply = z.object({ eoa_address: z.string() });

/** Somebody with money at the venue, as an onboarding or `X-Exchange-Credentials` names them. */
async function newMember({ file }: OwnProgram, venue: 'polymarket' | 'kalshi'): Promise<object> {
  if (venue === 'kalshi') return (await kalshiAccount(file, FUNDS)).wire;
  const { address, privateKey, wire } = await clobAccount(file);
  await fundWallet(file, address, FUNDS);
  return { ...wire, private_key: privateKey };
}

async function post(
  { file }: OwnProgram,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<unknown> {
  const response = await fetch(`${file.url}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
