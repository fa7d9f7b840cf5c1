import type { LiveVenue, VenueName } from '../../../shared/venues/venue-names.ts';
import { badCredentialHeader } from './header-members.ts';
import type { SuppliedCredential } from './supplied-credentials.ts';
import { venueModules } from './venue-modules.ts';
import { exchangeCredentialsHeader, headerOf } from '../http/request-headers.ts';
import type { Call } from '../http/route.ts';

/** Reads the headers that its route declares. */
export type DeclaredHeaders = Pick<Call<unknown, unknown, unknown>, 'request' | 'declared'>;

/**
 * The credentials of `X-Exchange-Credentials`, undefined without the header. VALIDATION_FAILED names the member that
 * does not fit, never what stood there.
 */
export function suppliedInHeader(call: DeclaredHeaders, venue: LiveVenue): SuppliedCredential | undefined {
  const text = headerOf(call, exchangeCredentialsHeader);
  if (text === undefined) return undefined;
  return venueModules[venue].fromHeader(decoded(text));
}

function decoded(text: string): unknown {
  let json: string;
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badCredentialHeader('is not base64');
  }
  try {
    return JSON.parse(json);
  } catch {
    throw badCredentialHeader('is not JSON in base64');
  }
}

/** Credentials that an exchange does not take are refused: nothing that a caller sends is dropped silently. */
export function refuseCredentials(exchange: VenueName, call: DeclaredHeaders): void {
  if (headerOf(call, exchangeCredentialsHeader) !== undefined)
    throw badCredentialHeader(`${exchange} takes no credentials`);
}
