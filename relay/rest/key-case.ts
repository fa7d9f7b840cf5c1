type Json = Readonly<Record<string, unknown>>;

/** The v1 dialect writes its JSON in camelCase, v1beta1 in snake_case. Keys of maps are data: only words are renamed. */
export const toCamel = (value: Json): Json =>
  rename(value, (key) => key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()));

export const toSnake = (value: Json): Json =>
  rename(value, (key) =>
    // Currencies and the like are capitals throughout.
    /[a-z]/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key,
  );

/** Deeper than any message of the exchange; what is below stays as it is. */
const MAX_DEPTH = 16;

const rename = (value: Json, name: (key: string) => string, depth = 0): Json =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [name(key), renamed(item, name, depth + 1)]));

function renamed(value: unknown, name: (key: string) => string, depth: number): unknown {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, name, depth + 1));
  return rename(value as Json, name, depth); // an object and no array
}
