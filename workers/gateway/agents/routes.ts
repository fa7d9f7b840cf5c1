import type { AnyRoute } from '../http/route.ts';
import { platformRoutes } from './platforms.ts';
import { sessionRoutes } from './sessions.ts';
import { suggestionRoutes } from './suggestions.ts';

/** The agents' surface. `/v1/sessions/suggestions` comes before `/v1/sessions/{id}`, which would take it for a number. */
export const agentsRoutes: readonly AnyRoute[] = [...suggestionRoutes, ...sessionRoutes, ...platformRoutes];
