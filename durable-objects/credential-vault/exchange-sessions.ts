import { importJWK, type CryptoKey, type JWK } from 'jose';
import { now } from '../../shared/clock.ts';
import { sealCredential } from '../../shared/relay/relay-credential.ts';
import { sealCall, type SealedCall } from '../../shared/relay/sealed-call.ts';
import type { ExchangeCredential, ExchangeTokens } from '../../shared/vault/credential.ts';
import {
  authPaths,
  errorReply,
  tokenReply,
  type SessionIntent,
  type SessionStep,
  type SessionTimes,
  type TokenReply,
} from '../../shared/vault/exchange-session.ts';
import { VaultRefusal } from '../../shared/vault/result.ts';

/** A token is renewed while a request that takes it may still be on its way: longer than any request may take. */
const RENEW_BEFORE_MS = 60_000;
/** Of a short life, this part: else one of 30 s would be renewed for each request. */
const RENEW_SHARE = 0.25;
/** A call that was not answered by then is forgotten: longer than the connector waits for the relay. */
const CALL_MS = 60_000;
/** Calls of one desk at once; the connector makes one at a time, its callers a few logins. */
const MAX_CALLS = 16;
const MAX_MESSAGE = 500;

/** What one step wants to be kept, and what it says. */
export interface Stepped {
  readonly step: SessionStep;
  /** To be sealed in place of what is stored. */
  readonly keep?: ExchangeCredential;
}

interface Pending {
  readonly intent: SessionIntent;
  readonly path: string;
  readonly call: SealedCall;
  /** Values that no message may repeat. */
  readonly secrets: readonly string[];
  readonly startedAt: number;
}

/**
 * The state of a desk's sessions between two steps (decision 26). Calls under way are memory: when this instance dies
 * their answers cannot be opened any more, and the next step begins again, by password if the refresh token is spent.
 */
export class ExchangeSessions {
  readonly #relayKey: string;
  readonly #calls = new Map<string, Pending>();

  /** `relayKey`: the relay's public X25519 key, a JWK as JSON; empty where there is no relay. */
  constructor(relayKey: string) {
    this.#relayKey = relayKey;
  }

  /** First step of an intent. CREDENTIAL_MISSING where nobody has logged in, CREDENTIAL_INCOMPLETE where one must again. */
  async begin(intent: SessionIntent, desk: string, stored: ExchangeCredential | undefined): Promise<Stepped> {
    if (intent.kind !== 'session') return this.#call(intent, intent.kind, bodyOf(intent));
    if (!stored) throw new VaultRefusal('CREDENTIAL_MISSING', 'no login at the exchange is stored');
    const { tokens } = stored;
    const fresh = tokens && intent.refused === undefined && renewalOf(tokens) > now();
    if (fresh) return { step: await this.#ready(tokens, desk) };
    if (tokens && tokens.refreshExpiresAt > now())
      return this.#call(intent, 'refresh', { refreshToken: tokens.refresh });
    return this.#logInAgain(intent, stored);
  }

  /** The step after a call. `stored` is as it stands now: it may have changed meanwhile. */
  async answer(
    id: string,
    { status, body }: { readonly status: number; readonly body: string },
    desk: string,
    stored: ExchangeCredential | undefined,
  ): Promise<Stepped> {
    const pending = this.#calls.get(id);
    this.#calls.delete(id);
    const text = await pending?.call.open(body);
    if (!pending || text === undefined)
      throw new VaultRefusal('CREDENTIAL_CHANGED', 'the answer is to no call that is under way');
    const { intent } = pending;
    if (status !== 200) {
      if (pending.path === authPaths.refresh && stored?.password !== undefined && status < 500)
        return this.#logInAgain(intent, stored);
      return { step: refusedStep(status, parse(text), pending.secrets) };
    }
    if (intent.kind === 'register') {
      const { username, password } = intent;
      return { step: { state: 'stored' }, keep: { venue: 'exchange', username, password } };
    }
    const reply = tokenReply.safeParse(parse(text));
    if (!reply.success)
      throw new VaultRefusal('VAULT_ERROR', 'the exchange answered something else than tokens');
    const owner = intent.kind === 'login' ? intent : stored;
    if (!owner) throw new VaultRefusal('CREDENTIAL_MISSING', 'no login at the exchange is stored');
    const tokens = tokensOf(reply.data);
    const keep: ExchangeCredential = {
      venue: 'exchange',
      username: owner.username,
      ...(owner.password !== undefined && { password: owner.password }),
      tokens,
    };
    return { step: { ...(await this.#ready(tokens, desk)), times: timesOf(reply.data) }, keep };
  }

  #logInAgain(intent: SessionIntent, { username, password }: ExchangeCredential): Promise<Stepped> {
    if (password === undefined)
      throw new VaultRefusal('CREDENTIAL_INCOMPLETE', 'the session has ended: log in again', 'password');
    return this.#call(intent, 'login', { username, password });
  }

  async #call(
    intent: SessionIntent,
    what: keyof typeof authPaths,
    body: Readonly<Record<string, string>>,
  ): Promise<Stepped> {
    const call = await sealCall(await this.#key(), JSON.stringify(body));
    const at = now();
    for (const [id, { startedAt }] of this.#calls)
      if (at - startedAt > CALL_MS || this.#calls.size >= MAX_CALLS) this.#calls.delete(id);
    const id = crypto.randomUUID();
    const path = authPaths[what];
    this.#calls.set(id, { intent, path, call, secrets: Object.values(body), startedAt: at });
    return { step: { state: 'call', id, path, sealed: call.sealed } };
  }

  async #ready(tokens: ExchangeTokens, desk: string): Promise<SessionStep & { readonly state: 'ready' }> {
    const { access, accessExpiresAt } = tokens;
    const value = { access_token: access, expires_at: accessExpiresAt, desk };
    const sealed = await sealCredential(await this.#key(), value);
    return { state: 'ready', sealed, madeAt: now(), expiresAt: accessExpiresAt };
  }

  async #key(): Promise<CryptoKey> {
    if (this.#relayKey === '') throw new VaultRefusal('REQUEST_INVALID', 'this deployment has no relay');
    // An operator's own key; importing checks the rest.
    const key = await importJWK(JSON.parse(this.#relayKey) as JWK, 'ECDH-ES');
    if (key instanceof Uint8Array) throw new VaultRefusal('VAULT_ERROR', "the relay's key is no public key");
    return key;
  }
}

const bodyOf = (intent: SessionIntent & { readonly kind: 'login' | 'register' }): Record<string, string> => {
  const { username, password } = intent;
  if (intent.kind === 'register') return { token: intent.token, password };
  return { username, password, ...(intent.otp !== undefined && { otp: intent.otp }) };
};

function refusedStep(status: number, body: unknown, secrets: readonly string[]): SessionStep {
  const said = errorReply.safeParse(body);
  const message = said.success ? said.data.message.slice(0, MAX_MESSAGE) : '';
  const leaks = secrets.some((secret) => secret.length > 3 && message.includes(secret));
  return {
    state: 'refused',
    status,
    code: said.success ? said.data.code : 2,
    message: leaks || message === '' ? 'The exchange refused the login' : message,
  };
}

/** When a token is to be renewed, Unix ms. */
const renewalOf = ({ accessIssuedAt, accessExpiresAt }: ExchangeTokens): number => {
  const share = accessIssuedAt === undefined ? Infinity : (accessExpiresAt - accessIssuedAt) * RENEW_SHARE;
  return accessExpiresAt - Math.min(RENEW_BEFORE_MS, share);
};

const tokensOf = (reply: TokenReply): ExchangeTokens => ({
  access: reply.accessToken,
  accessIssuedAt: Date.parse(reply.accessIssueTime),
  accessExpiresAt: Date.parse(reply.accessExpirationTime),
  refresh: reply.refreshToken,
  refreshExpiresAt: Date.parse(reply.refreshExpirationTime),
});

const timesOf = (reply: TokenReply): SessionTimes => ({
  accessIssueTime: reply.accessIssueTime,
  accessExpirationTime: reply.accessExpirationTime,
  refreshIssueTime: reply.refreshIssueTime,
  refreshExpirationTime: reply.refreshExpirationTime,
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
