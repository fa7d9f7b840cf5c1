import * as z from 'zod';

/**
 * How the vault comes by a desk's tokens without reaching anybody itself (decision 26): it says which sealed call is to
 * be carried to the relay, and is brought the sealed answer. Whoever carries it can read neither.
 */

/** Paths of the calls, as the relay names them. */
export const authPaths = {
  login: '/auth/v1beta1/login',
  refresh: '/auth/v1beta1/refresh',
  register: '/auth/v1beta1/register',
} as const;

/** The exchange's names and passwords are not longer than what it takes. */
const username = z.string().min(1).max(256);
const password = z.string().min(1).max(1024);

export const sessionIntent = z.discriminatedUnion('kind', [
  /** A token that is good for now. `refused`: when the one was made that the exchange has just refused, Unix ms. */
  z.strictObject({ kind: z.literal('session'), refused: z.int().positive().optional() }),
  /** Logs in, and keeps name, password and tokens. */
  z.strictObject({ kind: z.literal('login'), username, password, otp: z.string().max(20).optional() }),
  /** Registers, and keeps name and password. */
  z.strictObject({ kind: z.literal('register'), token: z.string().min(1).max(10_000), username, password }),
]);
export type SessionIntent = z.infer<typeof sessionIntent>;

/** When tokens were made and how long they are good, RFC 3339 as the exchange says. Never a token. */
export interface SessionTimes {
  readonly accessIssueTime: string;
  readonly accessExpirationTime: string;
  readonly refreshIssueTime: string;
  readonly refreshExpirationTime: string;
}

export type SessionStep =
  /** A sealed credential for the relay. Times are Unix ms. */
  | {
      readonly state: 'ready';
      readonly sealed: string;
      readonly madeAt: number;
      readonly expiresAt: number;
      readonly times?: SessionTimes;
    }
  /** To be carried: `POST /sealed<path>`. Its answer goes into `exchangeAnswer` under the same id. */
  | { readonly state: 'call'; readonly id: string; readonly path: string; readonly sealed: string }
  /** Registered. */
  | { readonly state: 'stored' }
  /** The exchange does not want it. */
  | { readonly state: 'refused'; readonly status: number; readonly code: number; readonly message: string };

/** Token reply of the exchange (contract: exchange, "Auth"). */
export const tokenReply = z.object({
  accessToken: z.string().min(1).max(8192),
  refreshToken: z.string().min(1).max(8192),
  accessIssueTime: z.iso.datetime({ offset: true }),
  accessExpirationTime: z.iso.datetime({ offset: true }),
  refreshIssueTime: z.iso.datetime({ offset: true }),
  refreshExpirationTime: z.iso.datetime({ offset: true }),
});
export type TokenReply = z.infer<typeof tokenReply>;

/** Error reply of the exchange. */
export const errorReply = z.object({ code: z.int().min(0).max(16), message: z.string() });
