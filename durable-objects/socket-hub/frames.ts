import * as z from 'zod';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { MAX_MARKETS, type Channel } from '../../shared/websockets/socket-handover.ts';

/** What a client asks for, whichever channel's words it used. */
export type Command =
  | { readonly kind: 'ping' }
  | { readonly kind: 'subscribe' | 'unsubscribe'; readonly frame: SubscriptionFrame }
  | SignInCommand;

export interface SignInCommand {
  readonly kind: 'sign-in';
  readonly auth: SignIn;
  readonly markets: readonly string[];
  /** Sandbox wallet to show instead of the tenant's own account. */
  readonly wallet: string | undefined;
}

export interface SubscriptionFrame {
  readonly markets: readonly string[];
  readonly tokens: readonly string[];
  readonly custom: boolean | undefined;
}

export type SignIn = z.infer<typeof signIn>;

/** Both tokens of every market that one connection may follow. */
const MAX_TOKENS = 2 * MAX_MARKETS;

/** In any case: a market has one feed, and its news name it in lower case. */
const condition = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hex digits')
  .toLowerCase();
const token = z.string().regex(/^\d{1,78}$/, 'must be a decimal token id');
/** Counted where they are used, so that one too many is an error frame and not a malformed frame. */
const conditions = z.array(condition).max(1_000);
const tokens = z.array(token).max(1_000);

const pingFrame = z.object({ action: z.literal('ping') });
const pricesFrame = z.object({ action: z.enum(['subscribe', 'unsubscribe']), markets: conditions.min(1) });
const marketFrame = z
  .object({
    type: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['market', 'subscribe']))
      .optional(),
    operation: z.enum(['subscribe', 'unsubscribe']).optional(),
    assets_ids: tokens.default([]),
    markets: conditions.default([]),
    custom_feature_enabled: z.boolean().optional(),
  })
  .refine((frame) => frame.type ?? frame.operation, 'needs type or operation');
const signIn = z.object({
  apiKey: z.string().min(1).max(128),
  secret: z.string().max(128).default(''),
  passphrase: z.string().max(128).default(''),
});
const userFrame = z
  .object({
    type: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['user', 'subscribe']))
      .optional(),
    operation: z.enum(['subscribe', 'unsubscribe']).optional(),
    auth: signIn.optional(),
    wallet_id: z
      .union([z.number().int().positive(), z.string().max(16)])
      .transform(String)
      .optional(),
    markets: conditions.default([]),
  })
  .refine((frame) => frame.type ?? frame.operation, 'needs type or operation');

/** Reads a client's frame. A failure is answered and ends the connection: the peer does not speak our language. */
export function readFrame(channel: Channel, text: string): Command | Failure {
  const value = parse(text);
  if (pingFrame.safeParse(value).success) return { kind: 'ping' };
  switch (channel) {
    case 'market': {
      const frame = marketFrame.safeParse(value);
      if (!frame.success) return malformed(frame.error);
      const { operation = 'subscribe', assets_ids, markets, custom_feature_enabled: custom } = frame.data;
      return { kind: operation, frame: { markets, tokens: assets_ids, custom } };
    }
    case 'prices': {
      const frame = pricesFrame.safeParse(value);
      if (!frame.success) return malformed(frame.error);
      return {
        kind: frame.data.action,
        frame: { markets: frame.data.markets, tokens: [], custom: undefined },
      };
    }
    case 'user': {
      const frame = userFrame.safeParse(value);
      if (!frame.success) return malformed(frame.error);
      const { auth, markets, wallet_id: wallet, operation = 'subscribe' } = frame.data;
      if (auth) return { kind: 'sign-in', auth, markets, wallet };
      return { kind: operation, frame: { markets, tokens: [], custom: undefined } };
    }
    case 'executions':
    case 'router':
      return failure('VALIDATION_FAILED', { message: 'This channel takes {"action":"ping"} only' });
  }
}

/** Why a subscription does not fit beside what the connection follows already; undefined when it does. */
export function overLimit(markets: ReadonlySet<string>, tokenCount: number): Failure | undefined {
  if (markets.size <= MAX_MARKETS && tokenCount <= MAX_TOKENS) return undefined;
  return failure('BATCH_LIMIT_EXCEEDED', { message: `At most ${MAX_MARKETS} markets on one connection` });
}

function malformed(error: z.ZodError): Failure {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return failure('VALIDATION_FAILED', {
    message: `${path === '' ? 'frame' : path}: ${issue?.message ?? 'malformed'}`,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
