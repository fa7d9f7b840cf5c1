const FIRST_PAUSE_MS = 100;

/**
 * One call to another object, said again after pauses that double from 100 ms: five tries take about 1.5 s, eight 13 s.
 * Undefined when none succeeded. The call must stand being done twice: an answer may be lost on its way back.
 */
export async function retryRpc<T>(
  tries: number,
  call: () => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    try {
      return { value: await call() };
    } catch {
      if (attempt === tries) break;
      const pause = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return undefined;
}
