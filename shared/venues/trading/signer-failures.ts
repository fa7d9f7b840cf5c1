import type { VenueFailure } from '../port.ts';
import type { SignerRefusal } from '../port/signer.ts';

/** A refusal of the signer as the port tells it. */
export const signerRefused = (signer: SignerRefusal): VenueFailure => ({
  ok: false,
  reason: 'SIGNER_REFUSED',
  signer,
});

/** The venue answered that it believes neither key nor signature. */
export const authenticationRefused = (message: string): VenueFailure => ({
  ok: false,
  reason: 'VENUE_AUTHENTICATION',
  message,
});
