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
export const username = z.string().min(1).max(256);
export const password = z.string().min(1).max(1024);
/** The relay's own bound. Visible ASCII, as it stands in headers and claims. */
export const clientId = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters');
/** An 8,192-bit key, the largest that is signed with, takes 6,400 characters. Signing checks the rest. */
export const privateKeyPem = z.string().min(1).max(10_000);
/** A header: `firms/<firm>/users/<user>`. */
export const participant = z
  .string()
  .regex(/^[\x21-\x7e]{1,256}$/, 'must be 1 to 256 visible ASCII characters');

export const loginIntent = z.discriminatedUnion('kind', [
  /** A token that is good for now. `refused`: when the one was made that the exchange has just refused, Unix ms. */
  z.strictObject({ kind: z.literal('session'), refused: z.int().positive().optional() }),
  /** Logs in, and keeps name, password and tokens. */
  z.strictObject({ kind: z.literal('login'), username, password, otp: z.string().max(20).optional() }),
  /** Signs in as a client of the v1 dialect, and keeps its key. */
  z.strictObject({ kind: z.literal('client'), clientId, privateKeyPem, participant: participant.optional() }),
  /** Registers, and keeps name and password. */
  z.strictObject({ kind: z.literal('register'), token: z.string().min(1).max(10_000), username, password }),
]);
export type LoginIntent = z.infer<typeof loginIntent>;

/** When tokens were made and how long they are good, RFC 3339 as the exchange says. Never a token. */
export interface TokenTimes {
  readonly accessIssueTime: string;
  readonly accessExpirationTime: string;
  readonly refreshIssueTime?: string | undefined;
  readonly refreshExpirationTime?: string | undefined;
}

export type LoginStep =
  /** A sealed credential for the relay. Times are Unix ms. */
  | {
      readonly state: 'ready';
      readonly sealed: string;
      readonly madeAt: number;
      readonly expiresAt: number;
      readonly times?: TokenTimes;
    }
  /** To be carried: `POST /sealed<path>`. Its answer goes into `exchangeAnswer` under the same id. */
  | { readonly state: 'call'; readonly id: string; readonly path: string; readonly sealed: string }
  /** Registered. */
  | { readonly state: 'stored' }
  /** The exchange does not want it. */
  | { readonly state: 'refused'; readonly status: number; readonly code: number; readonly message: string };

/** Token reply of the exchange (contract: exchange, "Auth"); v1 has no refresh tokens. */
export const tokenReply = z.object({
  accessToken: z.string().min(1).max(8192),
  refreshToken: z.string().min(1).max(8192).optional(),
  accessIssueTime: z.iso.datetime({ offset: true }),
  accessExpirationTime: z.iso.datetime({ offset: true }),
  refreshIssueTime: z.iso.datetime({ offset: true }).optional(),
  refreshExpirationTime: z.iso.datetime({ offset: true }).optional(),
});
export type TokenReply = z.infer<typeof tokenReply>;

/** Error reply of the exchange. */
export const errorReply = z.object({ code: z.int().min(0).max(16), message: z.string() });
