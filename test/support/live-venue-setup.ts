import { env } from 'cloudflare:workers';
import { generatePrivateKey } from 'viem/accounts';
import * as z from 'zod';
import type { Escrows } from '../../durable-objects/trading-account/escrow/fee-escrows.ts';
import { Journal } from '../../durable-objects/trading-account/journal/journal.ts';
import type { AllocationGuard } from '../../durable-objects/trading-account/live/allocation-guard.ts';
import { LiveOrders } from '../../durable-objects/trading-account/live/live-orders.ts';
import type { LiveCommand } from '../../durable-objects/trading-account/live/model.ts';
import { WriteCap } from '../../durable-objects/trading-account/journal/write-cap.ts';
import { l1Headers } from '../../shared/signing/polymarket/l1-headers.ts';
import { vaultOf } from '../../durable-objects/rpc/vault-stubs.ts';
import { kalshiSigner, polymarketSigner, type VaultCaller } from '../../shared/vault/venue-signers.ts';
import type { LiveVenue } from '../../shared/venues/venue-names.ts';
import { VenueEndpoint } from '../../shared/venues/http/endpoint.ts';
import { KALSHI_PROBE } from '../../shared/venues/kalshi/api.ts';
import { KalshiVenue } from '../../shared/venues/kalshi/venue.ts';
import { CLOB_PROBE } from '../../shared/venues/polymarket/api.ts';
import { PolymarketVenue } from '../../shared/venues/polymarket/venue.ts';
import { venueClientOf, type VenueClient } from '../../shared/venues/trading/venue-client.ts';
import type { OrderTerms } from '../../shared/venues/port.ts';
import { micro, tradableTokens } from './emulator-control.ts';

/** How a test changes a line: its own timeout, a clock that is wrong, a place where nobody listens. */
export interface EndpointChange {
  readonly timeoutMs?: number;
  readonly now?: () => number;
  readonly baseUrl?: string;
}

/** A market of an emulator and a member of the venue, whose credentials the vault keeps. */
export interface LiveVenueSetup {
  readonly venue: LiveVenue;
  readonly placePath: string;
  readonly terms: OrderTerms;
  /** Orders on this market at the venue. */
  orders(): Promise<number>;
  arm(fault: Readonly<Record<string, unknown>>): Promise<void>;
  /** Stores the member's credentials for an account. */
  link(account: string): Promise<void>;
  /** A session with a line of its own, so that no circuit is shared between tests. */
  session(account: string, change?: EndpointChange): VenueClient;
}

const TENANT = 'tnt_live';
const callOf = (account: string) => ({
  scope: { tenant: TENANT, account },
  actor: { keyId: 'key', requestId: 'test' },
});
const callerOf = (account: string): VaultCaller => ({ vault: vaultOf(env), call: callOf(account) });
const terms = (marketId: string): OrderTerms => ({
  marketId,
  outcome: 'Yes',
  side: 'BUY',
  price: micro('0.1'),
  size: micro('10'),
  type: 'gtc',
  postOnly: false,
});

async function control(url: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${url}/__control/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`the emulator refused ${path}: ${await response.text()}`);
  await response.body?.cancel();
}

const rows = z.array(z.looseObject({}));
async function countOrders(url: string, name: string, market: string): Promise<number> {
  const response = await fetch(`${url}/__control/orders`);
  return rows.parse(await response.json()).filter((order) => order[name] === market).length;
}

const tripleSchema = z.object({ apiKey: z.string(), secret: z.string(), passphrase: z.string() });

/** `nth` market from the end: files that run at once take different ones. Each bench is another member. */
export async function polymarketSetup(nth = 0): Promise<LiveVenueSetup> {
  const walletKey = generatePrivateKey();
  const url = env.POLYMARKET_CLOB_URL;
  const token = (await tradableTokens()).filter(({ tick }) => tick === 10_000n).at(-1 - nth);
  if (!token) throw new Error('the emulator has no such market');
  const claim = { chainId: 137, timestamp: Math.floor(Date.now() / 1000), nonce: 0 };
  const headers = await l1Headers(walletKey, claim);
  const created = await fetch(`${url}/auth/api-key`, { method: 'POST', headers });
  const clob = tripleSchema.parse(await created.json());
  await control(url, 'fund', { address: headers['POLY_ADDRESS'], usdc: '100000' });
  return {
    venue: 'polymarket',
    placePath: '/order',
    terms: terms(token.condition),
    orders: () => countOrders(url, 'market', token.condition),
    arm: (fault) => control(url, 'faults', fault),
    async link(account) {
      const credential = { venue: 'polymarket' as const, privateKey: walletKey, clob };
      const stored = await vaultOf(env).store({ ...callOf(account), credential });
      if (!stored.ok) throw new Error(stored.message);
    },
    session(account, { baseUrl = url, ...change } = {}) {
      const { signer, identity } = polymarketSigner(callerOf(account), {
        kind: 'stored',
        venue: 'polymarket',
      });
      const line = new VenueEndpoint({ baseUrl, probe: CLOB_PROBE, ...change });
      const settings = {
        clobUrl: baseUrl,
        gammaUrl: `${url}/gamma`,
        dataUrl: `${url}/data-api`,
        chainId: 137,
      };
      return venueClientOf(new PolymarketVenue(settings, line), signer, identity);
    },
  };
}

const marketList = z.object({ markets: z.array(z.object({ ticker: z.string() })) });
/** A key as text. The types of WebCrypto allow for JSON, which only another format gives. */
function pem(label: string, der: ArrayBuffer | JsonWebKey): string {
  if (!(der instanceof ArrayBuffer)) throw new Error('not DER');
  const base64 = btoa(String.fromCharCode(...new Uint8Array(der)));
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

export async function kalshiSetup(): Promise<LiveVenueSetup> {
  const url = env.KALSHI_URL;
  const listed = await fetch(`${url}/markets?status=open&limit=100`);
  const ticker = marketList.parse(await listed.json()).markets.at(-1)?.ticker;
  if (ticker === undefined) throw new Error('the emulator has no market');
  const algorithm = {
    name: 'RSA-PSS',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('not a pair');
  const spki = await crypto.subtle.exportKey('spki', pair.publicKey);
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', pair.privateKey);
  const account = crypto.randomUUID();
  const apiKeyId = crypto.randomUUID();
  await control(url, 'api-key', { account, public_key: pem('PUBLIC KEY', spki), api_key_id: apiKeyId });
  await control(url, 'fund', { account, usd: '100000' });
  return {
    venue: 'kalshi',
    placePath: '/portfolio/events/orders',
    terms: terms(ticker),
    orders: () => countOrders(url, 'ticker', ticker),
    arm: (fault) => control(url, 'faults', fault),
    async link(name) {
      const credential = { venue: 'kalshi' as const, apiKeyId, privateKeyPem: pem('PRIVATE KEY', pkcs8) };
      const stored = await vaultOf(env).store({ ...callOf(name), credential });
      if (!stored.ok) throw new Error(stored.message);
    },
    session(name, { baseUrl = url, ...change } = {}) {
      const { signer, identity } = kalshiSigner(callerOf(name), { kind: 'stored', venue: 'kalshi' });
      const line = new VenueEndpoint({ baseUrl, probe: KALSHI_PROBE, ...change });
      return venueClientOf(new KalshiVenue({ url: baseUrl }, line), signer, identity);
    },
  };
}

/** The live orders of an account as its object makes them, with a session of the test's own. */
export const liveOrders = (
  storage: DurableObjectStorage,
  open: () => VenueClient,
  escrows?: Escrows,
  guard?: AllocationGuard,
): LiveOrders =>
  new LiveOrders({
    storage,
    ...(escrows && { escrows }),
    ...(guard && { guard }),
    paper: new Journal(storage.sql),
    writes: new WriteCap(),
    open,
    setAlarm: () => Promise.resolve(),
    closed: () => undefined,
  });

/** An order as the gateway hands it over, with stored credentials. */
export const placing = (
  { venue, terms: usual }: LiveVenueSetup,
  account: string,
  change: Partial<Omit<LiveCommand, 'work'>> & { readonly terms?: OrderTerms } = {},
): LiveCommand => {
  const { terms: own = usual, ...rest } = change;
  return {
    access: {
      venue,
      caller: { tenant: TENANT, account, keyId: 'key', requestId: 'test' },
      source: { kind: 'stored' },
    },
    work: { kind: 'place', terms: own },
    commandIdentity: { fingerprint: 'asked' },
    maxWrites: 10,
    ...rest,
  };
};
