import type { Handler, Route } from './route.ts';

export interface Match<V> {
  readonly handler: Handler<V>;
  readonly pattern: string;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router<V> {
  readonly exact: ReadonlyMap<string, Route<V>>;
  readonly dynamic: readonly { readonly route: Route<V>; readonly segments: readonly string[] }[];
}

export function createRouter<V>(routes: readonly Route<V>[]): Router<V> {
  const fixed = routes.filter((route) => !route.pattern.includes(':'));
  const dynamic = routes.filter((route) => route.pattern.includes(':'));
  return {
    exact: new Map(fixed.map((route) => [`${route.method} ${route.pattern}`, route])),
    dynamic: dynamic.map((route) => ({ route, segments: route.pattern.split('/') })),
  };
}

export function findRoute<V>(router: Router<V>, method: string, path: string): Match<V> | undefined {
  const fixed = router.exact.get(`${method} ${path}`);
  if (fixed !== undefined) return { handler: fixed.handler, pattern: fixed.pattern, params: {} };
  const segments = path.split('/');
  for (const { route, segments: pattern } of router.dynamic) {
    if (route.method !== method) continue;
    const params = bind(pattern, segments);
    if (params !== undefined) return { handler: route.handler, pattern: route.pattern, params };
  }
  return undefined;
}

function bind(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, expected] of pattern.entries()) {
    const actual = segments[at] ?? '';
    if (expected.startsWith(':')) {
      if (actual === '') return undefined;
      params[expected.slice(1)] = safeDecode(actual);
    } else if (expected !== actual) return undefined;
  }
  return params;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
