/** What a command is known by when it comes again (docs/consistency.md). Scope: the account. */
export interface CommandName {
  /** `key:<Idempotency-Key>`, `client:<client_order_id>`, `order:<hash of the signed order>`, `sdk:<fingerprint>`. */
  readonly key: string;
  /** SHA-256 over what was asked; the same key with another one is another command. */
  readonly fingerprint: string;
}
