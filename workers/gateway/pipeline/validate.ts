import type * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { Reason } from '../../../shared/errors/catalogue.ts';

/** Issues shown at most: a body can have thousands of faults, a reader fixes a few at a time. */
const MAX_ISSUES = 20;

/**
 * Checks a value against its schema. Throws `fault` with `details.issues[]` of `{path, message}`; the sentence calls the
 * value by the name of `whole` where no member of it is at fault.
 */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  fault: Reason = 'VALIDATION_FAILED',
  whole: 'body' | 'query' = 'body',
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues
    .flatMap((issue) => meant(issue))
    .slice(0, MAX_ISSUES)
    .map((issue) => ({ path: issue.path.join('.'), message: messageOf(issue) }));
  const [first] = issues;
  const message = first ? `${first.path === '' ? whole : first.path}: ${first.message}` : undefined;
  throw new RequestError(fault, { ...(message === undefined ? {} : { message }), details: { issues } });
}

/** Longer than the name of any member of ours, shorter than any secret. */
export const MAX_NAME = 32;

/** The names of strange members are told, unless they may be something that was pasted where it does not belong. */
const messageOf = (issue: Issue): string =>
  issue.code === 'unrecognized_keys' && issue.keys.some((key) => key.length > MAX_NAME)
    ? 'Unrecognized key'
    : issue.message;

/**
 * The faults of a value that fits none of several forms, by the form that it was meant to be: the one of the right
 * type with the fewest faults. "Invalid input" alone would help nobody.
 */
function meant(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [nearest] = issue.errors.toSorted((a, b) => distance(a) - distance(b));
  if (!nearest) return [issue];
  return nearest.flatMap((inner) => meant({ ...inner, path: [...issue.path, ...inner.path] }));
}

type Issue = z.core.$ZodIssue;

/** Another type altogether is further away than any number of faulty members. */
const distance = (issues: readonly Issue[]): number =>
  issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0) ? Infinity : issues.length;
