import type * as z from 'zod';
import type { Permission } from '../../../shared/keys/permissions.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import type { Reason } from '../../../shared/errors/catalogue.ts';
import type { TraderSessionRef } from '../../../shared/partner/trader-session-ref.ts';
import type { Env } from '../env.ts';
import type { RequestHeader } from './request-headers.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call a route, and what limits it.
 * - `open`: anyone, unlimited (health, documents).
 * - `public`: anyone; counted on the key if one is sent, else on the caller's address.
 * - `l1`: a wallet signature, counted on the caller's address; the handler verifies it.
 * - `wallet`: that, or a key: then there is a principal.
 * - `key`: an API key with a permission. `either`: a key or a user token. `token`: a user token only.
 * - `router`: an API key by `X-API-Key` alone. A builder's may name a customer in `X-Builder-Customer-Id` and then
 *   acts as that customer, without the permission `builder`.
 *   With `bearer` the same key may stand in `Authorization` as well, where a venue's own SDK puts it.
 * - `partner`: a key of a tenant that is enabled as partner; for any other tenant there is no such route.
 * - `session`: a trader's session, with or without an account. With `session` on `key` or `either` a trader's session
 *   will do as well, for its one account.
 * - `operator`: the deployment's admin token.
 */
export type AuthRule =
  | { readonly kind: 'open' | 'public' | 'l1' | 'wallet' | 'session' | 'operator' }
  | { readonly kind: 'key'; readonly permission?: Permission; readonly session?: true }
  | { readonly kind: 'partner'; readonly permission: Permission }
  | { readonly kind: 'router'; readonly permission?: Permission; readonly bearer?: true }
  | {
      readonly kind: 'either';
      readonly permission?: Permission;
      readonly issuance?: boolean;
      readonly session?: true;
    }
  | { readonly kind: 'token'; readonly issuance?: boolean };

/** Who the request acts as; which members are there depends on the route's AuthRule. */
export interface Caller {
  readonly principal?: Principal;
  /** Subject of a user token whose tenant does not exist yet. */
  readonly newOwner?: string;
  /** Of a route that is a trader session's own. */
  readonly session?: TraderSessionRef;
  /** Address of the caller, for limits and the audit log. */
  readonly address: string;
}

export interface Call<P, Q, B> {
  readonly env: Env;
  readonly request: Request;
  readonly url: URL;
  readonly requestId: string;
  readonly caller: Caller;
  /** Headers that the route may read, by `headerOf`. */
  readonly declared: readonly RequestHeader[];
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/** A handler's answer: a JSON body, or a Response of its own making, whose headers the pipeline may still set. */
export type Reply =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | Response;

/** One route, from which validation, the 405 answers and the OpenAPI document are made. */
export interface RouteSpec<P = unknown, Q = unknown, B = unknown> {
  readonly method: Method;
  /** OpenAPI form: `/v1/data/order/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly auth: AuthRule;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** Request headers that the route honours, beside those of every route. */
  readonly headers?: readonly RequestHeader[];
  /** Code of a body that does not fit; VALIDATION_FAILED unless the contract names another. */
  readonly bodyFault?: Reason;
  /** Success status and body, for the document; `type` where it is not JSON. */
  readonly reply: { readonly status: number; readonly schema: z.ZodType; readonly type?: string };
  readonly handle: (call: Call<P, Q, B>) => Promise<Reply> | Reply;
}

/** A route whose types have been checked against each other, as the registry holds it. */
export type AnyRoute = Omit<RouteSpec, 'handle' | 'params' | 'query' | 'body'> & {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly handle: (call: Call<never, never, never>) => Promise<Reply> | Reply;
};

/** The same routes, where a trader's session will do as well: for its one account, as its own key would. */
export const forTraders = (routes: readonly AnyRoute[]): readonly AnyRoute[] =>
  routes.map((entry) =>
    entry.auth.kind === 'key' || entry.auth.kind === 'either'
      ? { ...entry, auth: { ...entry.auth, session: true } }
      : entry,
  );

/** Declares a route; the handler's types follow from the schemas. */
export function route<P = undefined, Q = undefined, B = undefined>(spec: RouteSpec<P, Q, B>): AnyRoute {
  return spec;
}
