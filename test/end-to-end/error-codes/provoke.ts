import type { Reason } from '../../../shared/errors/catalogue.ts';
import type { OwnProgram } from '../../support/program.ts';
import type { Answer, Ask } from '../support/ask.ts';

/** Where codes are provoked: a program of its own and a market with bids at 0.40 and asks at 0.50. */
export interface Stage {
  readonly program: OwnProgram;
  readonly condition: string;
  readonly yes: string;
}

/** A request that meets its refusal each time it is sent; the test adds headers to it. */
export type Refused = (headers?: Ask['headers']) => Promise<Answer>;

/** Prepares what a code needs and gives back the request that provokes it. */
export type Provoke = (stage: Stage) => Refused | Promise<Refused>;

export type Provocations = Partial<Readonly<Record<Reason, Provoke>>>;
