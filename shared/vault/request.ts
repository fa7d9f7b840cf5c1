import * as z from 'zod';
import {
  builderCredential,
  credential,
  credentialVenues,
  kalshiCredential,
  polymarketCredential,
} from './credential.ts';
import { loginIntent } from './exchange-login.ts';

/** Ids of tenants, accounts and keys are ours and short; `l1:<address>` is the longest. */
const id = z.string().regex(/^[\w:.@-]{1,128}$/, 'must be an id');

/** Whose credentials: a request reaches no others. */
export const scope = z.strictObject({ tenant: id, account: id });
/** Who asks, for the audit chain: the key's public id, and the id of the request. */
export const actor = z.strictObject({ keyId: id, requestId: z.string().min(1).max(128) });
const call = { scope, actor };

/** Where the credential comes from: the vault, or the request itself, for this one time and never stored. */
const stored = <V extends string>(venue: V) =>
  z.strictObject({ kind: z.literal('stored'), venue: z.literal(venue) });
const given = <C extends z.ZodType>(schema: C) =>
  z.strictObject({ kind: z.literal('request'), credential: schema });
const polymarketSource = z.union([stored('polymarket'), given(polymarketCredential)]);
const kalshiSource = z.union([stored('kalshi'), given(kalshiCredential)]);
const builderSource = z.union([stored('builder'), given(builderCredential)]);

/** Shapes are bounded here; what they mean is the signers' business (shared/signing). */
const hex = (digits: number) => z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${digits}}$`));
const uint = z
  .bigint()
  .nonnegative()
  .max(2n ** 256n - 1n);
const orderBase = {
  salt: uint,
  tokenId: uint,
  makerAmount: uint,
  takerAmount: uint,
  side: z.enum(['BUY', 'SELL']),
};
const order = z.discriminatedUnion('schema', [
  z.strictObject({
    ...orderBase,
    schema: z.literal(1),
    taker: hex(40),
    expiration: uint,
    nonce: uint,
    feeRateBps: uint,
  }),
  z.strictObject({
    ...orderBase,
    schema: z.literal(2),
    timestamp: uint,
    metadata: hex(64),
    builder: hex(64),
    expiration: uint.optional(),
  }),
]);
/** As many members as an order of either schema has, and room for a contract wallet's signature. */
const signedOrder = z
  .record(z.string().max(32), z.union([z.string().max(16_384), z.number()]))
  .refine((members) => Object.keys(members).length <= 32);
const framing = z.strictObject({
  orderType: z.string().regex(/^[A-Z]{3}$/),
  postOnly: z.boolean().optional(),
  deferExec: z.boolean().optional(),
  timestamp: z.int().nonnegative(),
});
const exchange = z.strictObject({ chainId: z.int().positive(), verifyingContract: hex(40) });

/** ABI-encoded: the longest call of a wallet, a split, is below 500 bytes. */
const callData = z.string().regex(/^0x(?:[0-9a-fA-F]{2}){4,2048}$/);

/** A call that an account's key or the relayer's is to sign; the vault's policy says which it may (shared/chain). */
const transaction = z.strictObject({
  chainId: z.int().positive(),
  nonce: z.int().nonnegative(),
  to: z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)]),
  /** The longest call, a pull with its signature, is below 500 bytes. */
  data: z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-fA-F]{2}){4,2048}$/)]),
  gas: uint,
  maxFeePerGas: uint,
  maxPriorityFeePerGas: uint,
});

const desk = z.string().regex(/^[\w.-]{1,128}\/[\w-]{1,31}$/);
/** A tenant's token is sealed for no other tenant's desk, whoever asks. */
const ofOwnDesk = (asked: { readonly scope: { readonly tenant: string }; readonly desk: string }): boolean =>
  asked.desk.startsWith(`${asked.scope.tenant}/`);
const notOwnDesk = { path: ['desk'] };
const method = z.string().min(3).max(7);
const path = z.string().min(1).max(2_048);
/** Method, path without query, exact body, Unix seconds. The body's limit is the gateway's own. */
const timed = z.strictObject({
  method,
  path,
  body: z
    .string()
    .max(256 * 1024)
    .optional(),
  timestamp: z.int().nonnegative(),
});

export const requests = {
  store: z.strictObject({
    ...call,
    credential,
    /** `replace` (default) makes it all there is; `merge` keeps the parts that it does not name. */
    mode: z.enum(['replace', 'merge']).optional(),
    /**
     * What the caller has seen to stand there; null: nothing. CREDENTIAL_CHANGED when it is something else by now.
     * Without it, whatever stands there.
     */
    replacing: z.strictObject({ id: z.uuid(), version: z.int().positive() }).nullable().optional(),
  }),
  list: z.strictObject(call),
  remove: z.strictObject({ ...call, venue: z.enum(credentialVenues) }),
  /** `forever`: and the account takes no credential any more, whoever is on the way with one. */
  destroy: z.strictObject({ ...call, forever: z.literal(true).optional() }),
  /** `deposit`: the wallet's key owns a deposit wallet, which trades. Default: the wallet trades itself. */
  createWallet: z.strictObject({ ...call, kind: z.enum(['self', 'deposit']).optional() }),
  describe: z.strictObject({ ...call, source: z.union([polymarketSource, kalshiSource, builderSource]) }),
  /** An order that is nobody's yet: who trades is the credential's to say. */
  signOrder: z.strictObject({
    ...call,
    source: polymarketSource,
    order,
    exchange,
    framing,
  }),
  /** An order that its owner has signed, as it came. */
  frameOrder: z.strictObject({ ...call, source: polymarketSource, order: signedOrder, framing }),
  l1Headers: z.strictObject({
    ...call,
    source: polymarketSource,
    claim: z.strictObject({
      chainId: z.int().positive(),
      timestamp: z.int().nonnegative(),
      nonce: z.int().nonnegative(),
    }),
  }),
  l2Headers: z.strictObject({ ...call, source: polymarketSource, request: timed }),
  builderHeaders: z.strictObject({ ...call, source: builderSource, request: timed }),
  kalshiHeaders: z.strictObject({
    ...call,
    source: kalshiSource,
    request: z.strictObject({ method, path, timestampMs: z.int().nonnegative() }),
  }),
  /** With the relayer's key, for an order of this account. */
  signEscrow: z.strictObject({ ...call, transaction }),
  /** With the key of the account's own wallet. */
  signCtf: z.strictObject({ ...call, transaction }),
  /** Calls of the account's own deposit wallet, with the key of its owner. */
  signWalletBatch: z.strictObject({
    ...call,
    chainId: z.int().positive(),
    batch: z.strictObject({
      nonce: uint,
      deadline: uint,
      calls: z
        .array(z.strictObject({ target: hex(40), value: uint, data: callData }))
        .min(1)
        .max(32),
    }),
  }),
  /** A step towards a desk's token at the exchange. `desk`: `<tenant>/<environment>`, which the token is sealed for. */
  exchangeSession: z.strictObject({ ...call, desk, intent: loginIntent }).refine(ofOwnDesk, notOwnDesk),
  /** What a call of that came to; `body` is as sealed as it arrived. */
  exchangeAnswer: z
    .strictObject({
      ...call,
      desk,
      id: z.uuid(),
      status: z.int().min(100).max(599),
      body: z.string().max(64 * 1024),
    })
    .refine(ofOwnDesk, notOwnDesk),
  /** `permitted`: the gateway has seen `credentials:export` on the caller's key. The operator's switch is the vault's. */
  exportKey: z.strictObject({ ...call, permitted: z.boolean() }),
  auditPage: z.strictObject({
    scope,
    after: z.int().nonnegative().optional(),
    limit: z.int().min(1).max(1_000).optional(),
  }),
  auditVerify: z.strictObject({ scope }),
  startRotation: z.strictObject({ actor }),
} as const;

export type VaultOperation = keyof typeof requests;
export type VaultRequest<O extends VaultOperation> = z.infer<(typeof requests)[O]>;
export type Scope = z.infer<typeof scope>;
export type Actor = z.infer<typeof actor>;
