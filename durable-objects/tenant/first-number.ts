/** Numbers of users and wallets lie between these; 140 million from the last of them to 2^31, which every client holds. */
const LOWEST = 100_000_000;
const SPAN = 1_900_000_000;

/**
 * The first number of a tenant's users or wallets: random, so that one tenant's numbers say nothing of another's, and
 * practically never are another's too. The next ones follow it.
 */
export function firstNumber(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return LOWEST + (random % SPAN);
}
