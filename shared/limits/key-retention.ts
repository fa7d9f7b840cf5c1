/** Keys are kept at least this long (docs/consistency.md). */
export const KEY_RETENTION_MS = 24 * 3_600_000;
