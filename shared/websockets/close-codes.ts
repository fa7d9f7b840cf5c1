/** Close codes of `/v1/ws/*` and `/ws` (contract: clob, "Websockets"; the others are ours: docs/websockets.md). */
export const CLOSE = {
  /** A frame that is no frame of this channel, or too many of them. */
  policy: 1008,
  tooBig: 1009,
  tryLater: 1013,
  /** Bad or expired token or credentials, or the key stopped being good. */
  badToken: 4001,
  /** More sockets than the tier has. */
  tooMany: 4002,
  /** The client does not keep up and shows no sign of life. */
  tooSlow: 4008,
} as const;
