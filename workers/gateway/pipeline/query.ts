import * as z from 'zod';
import { failure, invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import type { AnyRoute } from '../http/route.ts';
import { errorShapeOf } from '../http/wire-errors.ts';
import { MAX_NAME, validate } from './validate.ts';

const nothing = z.strictObject({});

/**
 * The query of a request by its route's schema; undefined where a route reads none. Of a parameter that is given twice
 * one would be dropped, and nobody can say which was meant: VALIDATION_FAILED, on every surface. Polymarket's and the
 * router's own clients write lists with commas. The router drops no parameter at all (contract: router), so a route of
 * its that takes none refuses any; elsewhere strange ones are ignored, as Polymarket ignores them.
 */
export function queryOf({ query, path }: Pick<AnyRoute, 'query' | 'path'>, url: URL): unknown {
  // Most requests have none, and need not pay for reading it.
  const given: [string, string][] = url.search === '' ? [] : [...url.searchParams];
  const names = new Set<string>();
  for (const [name] of given) {
    if (names.has(name)) throw repeated(name);
    names.add(name);
  }
  const schema = query ?? (refusesStrangers(path) ? nothing : undefined);
  return schema && validate(schema, Object.fromEntries(given), undefined, 'query');
}

/** Its websocket is not asked for by a request of the API, and what is in front of it may add to the address. */
const refusesStrangers = (path: string): boolean => path !== '/ws' && errorShapeOf(path) === 'router';

function repeated(name: string): RequestError {
  if (name.length <= MAX_NAME) return new RequestError(invalidMember(name, 'is given more than once'));
  return new RequestError(failure('VALIDATION_FAILED', { message: 'A parameter is given more than once' }));
}
