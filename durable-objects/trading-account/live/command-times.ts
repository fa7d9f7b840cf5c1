/** How long a command may take to be sent: as long as any request may. */
export const LEASE_MS = 30_000;

/** An adapter probes and sends, 10 s each at most; a reply later than this is not coming. */
export const SEND_TIMEOUT_MS = 30_000;
