import type { Found } from '../../../shared/venues/port.ts';
import type { Env } from '../env.ts';
import type { SuppliedCredential } from './supplied-credentials.ts';
import type { VaultAccess } from './vault-access.ts';

/** Cash on a venue: millionths of a dollar, and the venue's own reply. */
export interface Cash {
  readonly raw: object;
  readonly micro: bigint;
}

/** A credential that a request brings; undefined for the one that the vault keeps. */
export type Supplied = SuppliedCredential | undefined;

/**
 * What the gateway must know of a live venue beside its adapter. `venue-modules.ts` has one for each: a venue without one
 * does not compile.
 */
export interface VenueModule {
  /** As its owner writes it, for sentences. */
  readonly name: string;
  /** What its money is called on the wire. */
  readonly currency: 'USD' | 'USDC';
  /** Its fills may be told from the other outcome's side: the account's journal knows how the order was stated. */
  readonly fillsNeedOrderTerms: boolean;
  /** Reads `X-Exchange-Credentials`, decoded. VALIDATION_FAILED names the member, never what stands there. */
  fromHeader(value: unknown): SuppliedCredential;
  /** CREDENTIALS_REQUIRED, AUTHENTICATION_FAILED, VENUE_UNAVAILABLE. */
  readCash(access: VaultAccess, env: Env, given: Supplied): Promise<Found<Cash>>;
  /** Whether the venue believes the credential: one authenticated read. Failures as `readCash`. */
  prove(access: VaultAccess, env: Env, given: Supplied): Promise<Found<unknown>>;
}
