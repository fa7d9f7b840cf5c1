/** A frame for the sockets of one account, written out. */
export interface AccountText {
  readonly channel: 'executions' | 'user';
  readonly market: string;
  readonly text: string;
}
