import type { ListensBy } from './client.ts';
import type { Victim } from './killer.ts';

export interface StormOptions {
  readonly seed: number;
  /** That the program's relay speaks. */
  readonly dialect: 'v1beta1' | 'v1';
  /** How each client listens. */
  readonly clients: readonly ListensBy[];
  /** Those whose books move; each client follows two of them. */
  readonly symbols: readonly string[];
  readonly books: number;
  readonly executions: number;
  /** Of both together, while nothing holds the exchange up. */
  readonly perSecond: number;
  /** Of each victim. */
  readonly kills: number;
  /** Orders and cancels go on in so many lanes. */
  readonly lanes: number;
  /** Life of an access token. */
  readonly tokenMs: number;
  /** Without any death, at the end: longer than a token lives. */
  readonly calmMs: number;
  /** When the storm must be over, and when everything must, from the start. */
  readonly stormMs: number;
  readonly wholeMs: number;
  readonly tell: (line: string) => void;
}

export interface StormReport {
  readonly kills: Readonly<Record<Victim, number>>;
  /** That the exchange made for the desk. */
  readonly executions: number;
  readonly books: number;
  readonly said: number;
  readonly tries: number;
  readonly replies: ReadonlyMap<string, number>;
  readonly connections: number;
  /** Events that clients were told, books among them, and gaps. */
  readonly events: number;
  readonly bookEvents: number;
  readonly gaps: number;
  readonly tokens: number;
  readonly violations: readonly string[];
}
