/** Maps in the order of the rows, with at most `abreast` under way at once. Rejects when one does. */
export async function mapConcurrently<T, R>(
  rows: readonly T[],
  abreast: number,
  work: (row: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const left = rows.entries();
  const take = async (): Promise<void> => {
    for (const [index, row] of left) results[index] = await work(row);
  };
  await Promise.all(Array.from({ length: Math.min(abreast, rows.length) }, take));
  return results;
}
