/** A positive integer of the query, or `fallback`. */
export function positive(query: URLSearchParams, name: string, fallback: number): number {
  const value = Number(query.get(name) ?? fallback);
  return Number.isSafeInteger(value) && value > 0 ? value : fallback;
}

/** One page of numbered pages, from 1; at most `max` rows. */
export function numberedPage<T>(
  rows: readonly T[],
  query: URLSearchParams,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): { readonly rows: readonly T[]; readonly page: number; readonly limit: number } {
  const limit = Math.min(positive(query, 'limit', fallback), max);
  const page = positive(query, 'page', 1);
  return { rows: rows.slice((page - 1) * limit, page * limit), page, limit };
}
