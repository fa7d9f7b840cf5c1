/** A session as the routes of `/v1/trader` see it: whose it is, by tenant and hash. */
export interface TraderSessionRef {
  readonly tenant: string;
  readonly hash: string;
}
