import * as z from 'zod';
import type { SignatureType } from '../signing/polymarket/order-typed-data.ts';

/**
 * Whom a credential convinces: one per account and venue. `builder` is Polymarket's builder programme, `exchange` the
 * institutional one.
 */
export const credentialVenues = ['polymarket', 'kalshi', 'builder', 'exchange'] as const;
export type CredentialVenue = (typeof credentialVenues)[number];

/** Goes into a header as it is: visible ASCII. No venue's ids or secrets come near this length. */
const headerText = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII');
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address');

/** A CLOB key triple; the builder's has the same three parts. */
const triple = z.strictObject({ apiKey: headerText, secret: headerText, passphrase: headerText });

/**
 * Polymarket: a wallet, its CLOB key triple, or both. With the triple alone nothing can be signed but requests,
 * and `address` must say whose triple it is.
 */
export const polymarketCredential = z
  .strictObject({
    venue: z.literal('polymarket'),
    /** 32 bytes of hex, with or without 0x. */
    privateKey: z.string().min(64).max(66).optional(),
    clob: triple.optional(),
    address: address.optional(),
    signatureType: z.literal([0, 1, 2, 3]).optional(),
    /** Proxy, Safe or deposit wallet that holds the funds, for signature types 1 to 3. */
    funder: address.optional(),
    /** The person's own wallet, for whom a managed Safe was made. It signs nothing here. */
    owner: address.optional(),
  })
  .refine(({ privateKey, clob }) => privateKey !== undefined || clob !== undefined, {
    message: 'needs privateKey or clob',
    path: ['privateKey'],
  });

export const kalshiCredential = z.strictObject({
  venue: z.literal('kalshi'),
  apiKeyId: headerText,
  /** An 8,192-bit key, the largest that is signed with, takes 6,400 characters. */
  privateKeyPem: z.string().min(1).max(10_000),
});

export const builderCredential = z.strictObject({
  venue: z.literal('builder'),
  key: headerText,
  secret: headerText,
  passphrase: headerText,
  /** The builder's code, which orders of schema 2 carry. */
  code: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .optional(),
});

/** What may be stored as it comes. The exchange's comes by a login (`exchange-session.ts`). */
export const credential = z.union([polymarketCredential, kalshiCredential, builderCredential]);

export type PolymarketCredential = z.infer<typeof polymarketCredential> & {
  /** The vault made the wallet: its key exists nowhere else. Only the vault says so, never a request. */
  readonly managed?: true | undefined;
};
/** What a desk's login leaves: a user of the v1beta1 dialect, or a client of v1 (decision 30). */
export type ExchangeCredential = ExchangeUser | ExchangeClient;
export interface ExchangeUser {
  readonly venue: 'exchange';
  readonly username: string;
  /** Logs in again when the refresh token is no good any more. */
  readonly password?: string | undefined;
  readonly tokens?: ExchangeTokens | undefined;
}
export interface ExchangeClient {
  readonly venue: 'exchange';
  readonly clientId: string;
  /** Signs the assertion that each new token needs. */
  readonly privateKeyPem: string;
  /** Goes with each call as `x-participant-id`. */
  readonly participant?: string | undefined;
  readonly tokens?: ExchangeTokens | undefined;
}
/** Times are Unix ms. v1 has no refresh tokens. */
export interface ExchangeTokens {
  readonly access: string;
  /** Absent in what was stored before it was kept. */
  readonly accessIssuedAt?: number | undefined;
  readonly accessExpiresAt: number;
  readonly refresh?: string | undefined;
  readonly refreshExpiresAt?: number | undefined;
}
export type KalshiCredential = z.infer<typeof kalshiCredential>;
export type BuilderCredential = z.infer<typeof builderCredential>;
/** What a venue needs to believe us, in plain: on its way into the vault, or open inside one operation. */
export type Credential = PolymarketCredential | KalshiCredential | BuilderCredential | ExchangeCredential;
export type CredentialOf<V extends CredentialVenue> = Extract<Credential, { readonly venue: V }>;

/** What may be told of a credential: which parts it has, and what the chain shows anyway. */
export interface CredentialView {
  readonly venue: CredentialVenue;
  readonly parts: readonly string[];
  /** Checksummed address of the wallet; absent where there is none. */
  readonly address?: string | undefined;
  readonly signatureType?: SignatureType | undefined;
  readonly funder?: string | undefined;
  readonly owner?: string | undefined;
  /** The venue's public id of the key: goes with each request in plain. */
  readonly keyId?: string | undefined;
  /** Of a builder, who has stored one: each of its orders shows it. */
  readonly builderCode?: string | undefined;
  /** The vault made the wallet. */
  readonly managed?: true | undefined;
}
