/** What all replay windows of the process hold, in bytes (characters of frames: they are ASCII but for names). */
export interface MemoryBudget {
  readonly limit: number;
  used: number;
  /** Called when `used` has passed `limit`: frees what can be spared. */
  relieve: () => void;
}

export const createBudget = (limit: number): MemoryBudget => ({ limit, used: 0, relieve: () => undefined });

export function charge(budget: MemoryBudget, bytes: number): void {
  budget.used += bytes;
  if (bytes > 0 && budget.used > budget.limit) budget.relieve();
}
