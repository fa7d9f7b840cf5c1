/** Counters behind `GET /__control/stats`. Keyed by route pattern, so bounded by the route table. */
export interface Statistics {
  readonly requests: Map<string, number>;
  readonly statuses: Map<number, number>;
  total: number;
}

export function createStatistics(): Statistics {
  return { requests: new Map(), statuses: new Map(), total: 0 };
}

export function countRequest(statistics: Statistics, routeName: string): void {
  statistics.total += 1;
  statistics.requests.set(routeName, (statistics.requests.get(routeName) ?? 0) + 1);
}

export function countStatus(statistics: Statistics, status: number): void {
  statistics.statuses.set(status, (statistics.statuses.get(status) ?? 0) + 1);
}
