import { badParameter, wrongType } from '../venue-error.ts';

/** An integer query parameter; undefined when absent or empty. @throws 400. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d{1,13}$/.test(text)) throw wrongType(name);
  return Number(text);
}

/** @throws 400 `bad_request` when it is missing. */
export function requiredInteger(query: URLSearchParams, name: string): number {
  const value = integerOf(query, name);
  if (value === undefined) throw badParameter(`${name} is required`);
  return value;
}

/** A filter that takes everything when its parameter is absent. */
export function equals(query: URLSearchParams, name: string): (value: string) => boolean {
  const wanted = query.get(name) ?? '';
  return (value) => wanted === '' || wanted === value;
}

/** Likewise for a comma-separated list. */
export function listed(query: URLSearchParams, name: string): (value: string) => boolean {
  const wanted = (query.get(name) ?? '').split(',').filter((part) => part !== '');
  return (value) => wanted.length === 0 || wanted.includes(value);
}

/** Likewise for a range of Unix seconds; both ends belong to it. */
export function within(
  query: URLSearchParams,
  min: string,
  max: string,
): (ms: number | undefined) => boolean {
  const low = integerOf(query, min);
  const high = integerOf(query, max);
  return (ms) => {
    if (low === undefined && high === undefined) return true;
    if (ms === undefined) return false;
    return ms >= (low ?? 0) * 1000 && ms <= (high ?? Number.MAX_SAFE_INTEGER) * 1000;
  };
}
