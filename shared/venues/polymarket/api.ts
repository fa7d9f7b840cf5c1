import { failure, type Failure } from '../../errors/failure.ts';
import { endpointFor, type Probe, type VenueEndpoint } from '../http/endpoint.ts';
import type { VenueResult } from '../port.ts';
import type { PolymarketSigner, Signed } from '../port/signer.ts';
import { PolymarketMarketData } from './market-data/clob-market-data.ts';
import { signerRefused, authenticationRefused } from '../trading/signer-failures.ts';
import { locationFailure } from './location-refusal.ts';
import { SignerLimits } from './signer-limits.ts';
import type * as z from 'zod';

/** Base URLs without a trailing slash (contract: venues, "Polymarket CLOB"). */
export interface PolymarketSettings {
  readonly clobUrl: string;
  readonly gammaUrl: string;
  readonly dataUrl: string;
  readonly chainId: number;
}

export const CLOB_PROBE: Probe = { path: '/time', time: 'seconds' };

/** What one isolate has learned of signers' limits: values only, shared by its requests. */
const SIGNER_LIMITS = new SignerLimits();

/** The venue's three APIs, as the parts of the adapter share them. */
export class PolymarketApi {
  readonly clob: VenueEndpoint;
  readonly gamma: VenueEndpoint;
  readonly data: VenueEndpoint;
  readonly markets: PolymarketMarketData;
  readonly chainId: number;
  readonly limits = SIGNER_LIMITS;

  /** `clob` in place of the isolate's own line: for tests that need another clock or a shorter timeout. */
  constructor(settings: PolymarketSettings, clob: VenueEndpoint = endpointFor(settings.clobUrl, CLOB_PROBE)) {
    this.clob = clob;
    this.gamma = endpointFor(settings.gammaUrl, { path: '/events?limit=1', time: 'date' });
    this.data = endpointFor(settings.dataUrl, { path: '/', time: 'date' });
    const { baseUrl } = clob;
    // Over the line, so that these reads too are heard and counted by the circuit.
    this.markets = new PolymarketMarketData(baseUrl, undefined, (url, init) =>
      clob.read(url.slice(baseUrl.length), init),
    );
    this.chainId = settings.chainId;
  }

  /** Unix seconds by the venue's clock: what it checks signatures against. */
  async seconds(): Promise<number> {
    return Math.floor((await this.clob.venueTime()) / 1000);
  }

  /** A public read. `missing` is what a 400, 404 or 422 of this path means. */
  async get<T>(
    line: VenueEndpoint,
    path: string,
    schema: z.ZodType<T>,
    missing: Failure = failure('MARKET_NOT_FOUND'),
  ): Promise<{ readonly ok: true; readonly value: T } | Failure> {
    const answer = await line.read(path);
    if (!answer.ok) return answer;
    if ([400, 404, 422].includes(answer.status)) return missing;
    const location = locationFailure(answer.status, answer.body);
    if (location) return location;
    const parsed = schema.safeParse(answer.body);
    return answer.status === 200 && parsed.success ? { ok: true, value: parsed.data } : senseless();
  }

  /** A read with the account's L2 headers. The query is sent and not signed. */
  async signed<T>(
    signer: PolymarketSigner,
    path: string,
    query: URLSearchParams,
    schema: z.ZodType<T>,
  ): Promise<VenueResult<T>> {
    const headers = await this.#headers(signer, path);
    if (!headers.ok) return signerRefused(headers);
    const search = query.size > 0 ? `?${query.toString()}` : '';
    const answer = await this.clob.read(`${path}${search}`, { headers: { ...headers.headers } });
    if (!answer.ok) return answer;
    const location = locationFailure(answer.status, answer.body);
    if (location) return location;
    if (answer.status === 401 || answer.status === 403)
      return authenticationRefused('Polymarket does not accept the CLOB key');
    const parsed = schema.safeParse(answer.body);
    return answer.status === 200 && parsed.success ? { ok: true, value: parsed.data } : senseless();
  }

  async #headers(
    signer: PolymarketSigner,
    path: string,
  ): Promise<Signed<{ readonly headers: Readonly<Record<string, string>> }>> {
    return signer.l2Headers({ method: 'GET', path, timestamp: await this.seconds() });
  }
}

const senseless = (): Failure => failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
