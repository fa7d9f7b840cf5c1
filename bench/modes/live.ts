import { createHmac } from 'node:crypto';
import { signedBody } from '../../test/end-to-end/support/signed-orders.ts';
import { clobAccount, fundWallet, type ClobAccount } from '../../test/end-to-end/support/venue-accounts.ts';
import { openMarket, setBook } from '../../test/support/markets.ts';
import { startGateway, type Gateway } from '../servers/gateway.ts';
import { median } from '../lib/measure.ts';
import { limitRow, noteRow, printTable, type Row } from '../lib/table.ts';
import { issueTenants } from '../lib/tenants.ts';
import { shot, type Shot } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';

/** Design, section 12. */
const ADDED_LIMIT_MS = 2.5;
const ROUNDS = 3;
/** Orders of one round, each way. Those that go to the venue directly are signed before, which takes longest. */
const ORDERS = 60;
/** So many that no key comes near 100 requests a second. */
const ACCOUNTS = 10;
const FUNDS = '10000000';

/** What a live order costs on its way through the gateway. */
export async function measureLive(bench: Bench): Promise<void> {
  printTable(await liveRows(bench));
}

/**
 * A resting order at c=1: signed by the vault, journaled and sent to the Polymarket emulator by the gateway, against
 * orders that are signed already and go to the same emulator directly.
 */
export async function liveRows({ home, load, cleanup, step }: Bench): Promise<readonly Row[]> {
  step('onboarding accounts for live orders');
  const gateway = await startGateway(`${home}/live`, undefined, cleanup);
  const { file, port } = gateway;
  const market = await openMarket(file);
  await setBook(file, market.yes, { bids: [], asks: [{ price: '0.90', size: '1000' }] });
  const keys = (await issueTenants(file, ACCOUNTS, 1)).flat();
  for (const key of keys) await onboard(gateway, key);
  const through = keys.map((key) => gatewayShot(key, market.condition));
  const own = await member(gateway);
  const emulator = Number(new URL(file.emulators.polymarket).port);

  step('live order');
  const rounds: { readonly direct: number; readonly routed: number }[] = [];
  // The first round warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const signed = await directShots(gateway, own, market.yes);
    const volley = { connections: 1, seconds: 0, requests: ORDERS };
    const direct = await load.fire({ port: emulator, shots: signed, ...volley });
    const routed = await load.fire({ port, shots: through, ...volley });
    if (round > 0) rounds.push({ direct: direct.p50Ms, routed: routed.p50Ms });
    process.stderr.write('.');
  }
  await gateway.stop();
  const added = median(rounds.map(({ direct, routed }) => routed - direct));
  const p50 = (of: 'direct' | 'routed'): string => `${median(rounds.map((one) => one[of])).toFixed(2)} ms`;
  return [
    limitRow('live order, added p50 at c=1', added, ADDED_LIMIT_MS, 'ms', 2),
    noteRow('  to the emulator directly, p50', p50('direct')),
    noteRow('  through the gateway, p50', p50('routed')),
  ];
}

async function member({ file }: Gateway): Promise<ClobAccount> {
  const account = await clobAccount(file);
  await fundWallet(file, account.address, FUNDS);
  return account;
}

async function onboard(gateway: Gateway, key: string): Promise<void> {
  const { wire, privateKey } = await member(gateway);
  const response = await fetch(`${gateway.file.url}/api/v1/onboard`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ exchange: 'polymarket', mode: 'self', ...wire, private_key: privateKey }),
  });
  if (!response.ok) throw new Error(`an account was not onboarded: ${await response.text()}`);
  await response.body?.cancel();
}

function gatewayShot(key: string, condition: string): Shot {
  const body = { market_id: condition, outcome: 'Yes', side: 'buy', price: 0.1, size: 5 };
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  return shot('POST', '/api/v1/orders?exchange=polymarket', headers, JSON.stringify(body));
}

/** Orders of a wallet, signed and with the headers that prove its CLOB key (contract: venues, "Polymarket CLOB"). */
async function directShots(
  { file }: Gateway,
  { address, privateKey, wire }: ClobAccount,
  token: string,
): Promise<readonly Shot[]> {
  const shots: Shot[] = [];
  for (let nth = 0; nth < ORDERS; nth += 1) {
    const signed = await signedBody(file, privateKey, { token, price: 0.1, size: 5 });
    const body = JSON.stringify({ ...signed, owner: wire.clob_api_key });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const secret = Buffer.from(wire.clob_api_secret, 'base64');
    const mac = createHmac('sha256', secret).update(`${timestamp}POST/order${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      POLY_ADDRESS: address,
      POLY_API_KEY: wire.clob_api_key,
      POLY_PASSPHRASE: wire.clob_api_passphrase,
      POLY_TIMESTAMP: timestamp,
      POLY_SIGNATURE: mac.replaceAll('+', '-').replaceAll('/', '_'),
    };
    shots.push(shot('POST', '/order', headers, body));
  }
  return shots;
}
