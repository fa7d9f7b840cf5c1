/** What a signer was given wrong. A closed set, so that callers can switch on it. */
export type SigningPart =
  | 'address'
  | 'apiKey'
  | 'apiKeyId'
  | 'body'
  | 'builder'
  | 'calls'
  | 'chainId'
  | 'clientId'
  | 'deadline'
  | 'expiration'
  | 'feeRateBps'
  | 'key'
  | 'maker'
  | 'makerAmount'
  | 'metadata'
  | 'method'
  | 'nonce'
  | 'passphrase'
  | 'path'
  | 'privateKey'
  | 'privateKeyPem'
  | 'salt'
  | 'schema'
  | 'secret'
  | 'side'
  | 'signatureType'
  | 'signer'
  | 'taker'
  | 'takerAmount'
  | 'timestamp'
  | 'timestampMs'
  | 'tokenId'
  | 'transaction'
  | 'verifyingContract'
  | 'wallet';

/**
 * Thrown by every function of this folder when an input cannot be signed with or signed. The message names the
 * part and the rule, never the value: it may be shown and logged. It carries no `cause`, because the errors
 * of the libraries beneath quote what they were given.
 */
export class SigningFault extends Error {
  override readonly name = 'SigningFault';
  readonly code = 'SIGNING_REFUSED';
  readonly part: SigningPart;

  /** `rule` follows the part's name: "is not an address". */
  constructor(part: SigningPart, rule: string) {
    super(`${part} ${rule}`);
    this.part = part;
  }
}
