import type * as z from 'zod';
import type { RequestError } from '../../../shared/errors/failure.ts';
import { invalid } from './supplied-credentials.ts';

export const badCredentialHeader = (rule: string): RequestError => invalid('X-Exchange-Credentials', rule);

/** Unlike the general check it does not repeat the names of strange members: they may be pasted secrets. */
export function readMembers<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue || issue.code === 'unrecognized_keys')
    throw badCredentialHeader('has a member that it does not take');
  const path = issue.path.map(String).join('.');
  throw path === '' ? badCredentialHeader('is not an object') : invalid(path, issue.message);
}
