import type { AnyRoute } from '../http/route.ts';
import { login } from './login-page.ts';
import { sessionRoutes } from './session.ts';

/** What a partner's trader meets: the page behind the login link, and the session that it opens. */
export const traderRoutes: readonly AnyRoute[] = [login, ...sessionRoutes];
