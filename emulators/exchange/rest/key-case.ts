/** The v1 dialect writes its JSON in camelCase; either dialect reads both, as the exchange's gateways do. */
export function toCamel(value: unknown): unknown {
  return renameKeys(value, (key) =>
    key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
  );
}

export function toSnake(value: unknown): unknown {
  return renameKeys(value, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** Deeper than any message of the exchange; the rest is not looked at, and fails to parse. */
const MAX_DEPTH = 16;

function renameKeys(value: unknown, rename: (key: string) => string, depth = 0): unknown {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      // Keys of a map are data: currencies have no lower-case letters.
      /[a-z]/.test(key) ? rename(key) : key,
      renameKeys(item, rename, depth + 1),
    ]),
  );
}
