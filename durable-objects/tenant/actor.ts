/** Who asks for a change, for the audit log. */
export interface Actor {
  /** Key id, `jwt`, `l1:<address>` or `operator`. */
  readonly id: string;
  readonly requestId: string;
}
