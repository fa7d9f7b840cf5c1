import { failure, invalidMember, type Failure } from '../../errors/failure.ts';

/** Outcomes named in a refusal: a market has a few, an odd one dozens. */
const MAX_NAMED = 20;

/** Of a market whose outcomes are `names`: one was named that is none of them, or had to be named and was not. */
export function refuseOutcome(given: string | undefined, names: readonly string[]): Failure {
  const use = `use one of ${names.slice(0, MAX_NAMED).join(', ')}`;
  return given === undefined
    ? failure('MISSING_PARAMETER', { message: `outcome: missing parameter: ${use}` })
    : invalidMember('outcome', `is no outcome of this market: ${use}`);
}
