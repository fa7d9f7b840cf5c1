import { isLoopback } from '../loopback.ts';

/** Entries of an allow-list at most, and characters of a URL. */
export const MAX_REDIRECTS = 50;
export const MAX_REDIRECT_LENGTH = 2_048;

/**
 * The URL that an allow-list may hold: https (http on loopback), an origin and a path, without user, query and
 * fragment. Undefined for anything else. A path that ends in `/` stands for everything below it.
 */
export function redirectEntry(text: string): string | undefined {
  const url = webUrl(text);
  return url && url.search === '' && !text.includes('?') ? url.href : undefined;
}

/**
 * The redirect that a caller asks for, if the list has it: the same origin, and the same path or one below an entry
 * that ends in `/`. Compared as browsers read URLs, so `..`, `\` and upper case lead nowhere else. The query is the
 * caller's; a fragment is not, because the session's token goes there.
 */
export function allowedRedirect(text: string, allowed: readonly string[]): string | undefined {
  const url = webUrl(text);
  if (!url) return undefined;
  const fits = allowed.some((entry) => {
    const { origin, pathname } = new URL(entry);
    const inside = pathname.endsWith('/') ? url.pathname.startsWith(pathname) : url.pathname === pathname;
    return url.origin === origin && inside;
  });
  return fits ? url.href : undefined;
}

function webUrl(text: string): URL | undefined {
  // Browsers drop tabs and line breaks inside a URL: what is looked at is not what was written.
  const strange = /[\s\p{Cc}\\#]|%(?:2e|2f|5c)/iu.test(text);
  if (strange || text.length > MAX_REDIRECT_LENGTH || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return safe && url.username === '' && url.password === '' ? url : undefined;
}
