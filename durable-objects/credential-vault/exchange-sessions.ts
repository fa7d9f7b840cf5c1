import { importJWK, type CryptoKey, type JWK } from 'jose';
import { machineTime, now } from '../../shared/clock.ts';
import { sealCredential } from '../../shared/relay/relay-credential.ts';
import { sealCall, type SealedCall } from '../../shared/relay/sealed-call.ts';
import { clientAssertion } from '../../shared/signing/rsa/client-assertion.ts';
import type { ExchangeClient, ExchangeCredential, ExchangeTokens } from '../../shared/vault/credential.ts';
import {
  authPaths,
  errorReply,
  tokenReply,
  type LoginIntent,
  type LoginStep,
  type TokenTimes,
  type TokenReply,
} from '../../shared/vault/exchange-login.ts';
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
export interface LoginStepResult {
  readonly step: LoginStep;
  /** To be sealed in place of what is stored. */
  readonly keep?: ExchangeCredential;
}

interface Pending {
  readonly intent: LoginIntent;
  /** Whose session it is to be: another may be stored before the answer comes. */
  readonly owner: ExchangeCredential;
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
  readonly #tokenUrl: string;
  readonly #calls = new Map<string, Pending>();

  /**
   * `relayKey`: the relay's public X25519 key, a JWK as JSON; empty where there is no relay. `tokenUrl`: for whom clients'
   * assertions are signed; empty where there are no clients.
   */
  constructor(relayKey: string, tokenUrl: string) {
    this.#relayKey = relayKey;
    this.#tokenUrl = tokenUrl;
  }

  /**
   * First step of an intent. CREDENTIAL_MISSING where nobody has logged in, CREDENTIAL_INCOMPLETE where one must again;
   * SigningFault and SIGNING_REFUSED for a client's key that nothing can be signed with.
   */
  async begin(
    intent: LoginIntent,
    desk: string,
    stored: ExchangeCredential | undefined,
  ): Promise<LoginStepResult> {
    if (intent.kind !== 'session') return this.#logIn(intent, ownerOf(intent));
    if (!stored) throw noLogin();
    const { tokens } = stored;
    const fresh = tokens && intent.refused === undefined && renewalOf(tokens) > now();
    if (fresh) return { step: await this.#ready(stored, tokens, desk) };
    if (tokens?.refresh !== undefined && (tokens.refreshExpiresAt ?? 0) > now())
      return this.#call(intent, stored, 'refresh', { refreshToken: tokens.refresh });
    return this.#logIn(intent, stored);
  }

  /** The step after a call. `stored` is as it stands now: it may have changed meanwhile. */
  async answer(
    id: string,
    { status, body }: { readonly status: number; readonly body: string },
    desk: string,
    stored: ExchangeCredential | undefined,
  ): Promise<LoginStepResult> {
    const pending = this.#calls.get(id);
    this.#calls.delete(id);
    const text = await pending?.call.open(body);
    if (!pending || text === undefined)
      throw new VaultRefusal('CREDENTIAL_CHANGED', 'the answer is to no call that is under way');
    const { intent, owner } = pending;
    if (intent.kind === 'session' && nameOf(owner) !== nameOf(stored))
      throw new VaultRefusal('CREDENTIAL_CHANGED', 'another login was stored meanwhile');
    if (status !== 200) {
      const again = pending.path === authPaths.refresh && status < 500 && stored && canLogIn(stored);
      if (again) return this.#logIn(intent, stored);
      return { step: refusedStep(status, parse(text), pending.secrets) };
    }
    // Of a renewal the login as it stands now: its password may be another one.
    const kept = intent.kind === 'session' ? stored : owner;
    if (!kept) throw noLogin();
    if (intent.kind === 'register') return { step: { state: 'stored' }, keep: kept };
    const reply = tokenReply.safeParse(parse(text));
    if (!reply.success)
      throw new VaultRefusal('VAULT_ERROR', 'the exchange answered something else than tokens');
    const tokens = tokensOf(reply.data);
    const ready = await this.#ready(kept, tokens, desk);
    return { step: { ...ready, times: timesOf(reply.data) }, keep: { ...kept, tokens } };
  }

  async #logIn(intent: LoginIntent, owner: ExchangeCredential): Promise<LoginStepResult> {
    if (intent.kind === 'register') {
      const { token, password } = intent;
      return this.#call(intent, owner, 'register', { token, password });
    }
    if ('clientId' in owner) {
      const client_assertion = await this.#assertion(owner);
      return this.#call(intent, owner, 'login', { client_id: owner.clientId, client_assertion });
    }
    const { username, password } = owner;
    if (password === undefined)
      throw new VaultRefusal('CREDENTIAL_INCOMPLETE', 'the session has ended: log in again', 'password');
    const otp = intent.kind === 'login' && intent.otp !== undefined ? { otp: intent.otp } : {};
    return this.#call(intent, owner, 'login', { username, password, ...otp });
  }

  #assertion(client: ExchangeClient): Promise<string> {
    if (this.#tokenUrl === '')
      throw new VaultRefusal(
        'SIGNING_REFUSED',
        'clientId is of no use: desks of this deployment log in by password',
        'clientId',
      );
    // The exchange goes by its own clock, which no test moves.
    const timestampMs = machineTime(now());
    return clientAssertion(client, { audience: this.#tokenUrl, id: crypto.randomUUID(), timestampMs });
  }

  async #call(
    intent: LoginIntent,
    owner: ExchangeCredential,
    what: keyof typeof authPaths,
    body: Readonly<Record<string, string>>,
  ): Promise<LoginStepResult> {
    const path = authPaths[what];
    const call = await sealCall(await this.#key(), path, JSON.stringify(body));
    const at = now();
    for (const [id, { startedAt }] of this.#calls)
      if (at - startedAt > CALL_MS || this.#calls.size >= MAX_CALLS) this.#calls.delete(id);
    const id = crypto.randomUUID();
    this.#calls.set(id, { intent, owner, path, call, secrets: Object.values(body), startedAt: at });
    return { step: { state: 'call', id, path, sealed: call.sealed } };
  }

  async #ready(
    owner: ExchangeCredential,
    { access, accessExpiresAt }: ExchangeTokens,
    desk: string,
  ): Promise<LoginStep & { readonly state: 'ready' }> {
    const participant = 'clientId' in owner ? owner.participant : undefined;
    const named = participant === undefined ? {} : { participant };
    const value = { access_token: access, expires_at: accessExpiresAt, desk, ...named };
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

/** Whom an intent logs in, as it is to be kept. */
function ownerOf(intent: Exclude<LoginIntent, { readonly kind: 'session' }>): ExchangeCredential {
  if (intent.kind !== 'client')
    return { venue: 'exchange', username: intent.username, password: intent.password };
  const { clientId, privateKeyPem, participant } = intent;
  return { venue: 'exchange', clientId, privateKeyPem, ...(participant !== undefined && { participant }) };
}

const nameOf = (owner: ExchangeCredential | undefined): string | undefined =>
  owner && ('clientId' in owner ? `client ${owner.clientId}` : `user ${owner.username}`);

const canLogIn = (owner: ExchangeCredential): boolean => 'clientId' in owner || owner.password !== undefined;

const noLogin = (): VaultRefusal =>
  new VaultRefusal('CREDENTIAL_MISSING', 'no login at the exchange is stored');

function refusedStep(status: number, body: unknown, secrets: readonly string[]): LoginStep {
  const said = errorReply.safeParse(body);
  const message = said.success ? said.data.message : '';
  const leaks = secrets.some((secret) => secret.length > 3 && message.includes(secret));
  return {
    state: 'refused',
    status,
    code: said.success ? said.data.code : 2,
    // Looked at whole: cut before, it could end in the first part of a secret.
    message: leaks || message === '' ? 'The exchange refused the login' : message.slice(0, MAX_MESSAGE),
  };
}

/** When a token is to be renewed, Unix ms. */
const renewalOf = ({ accessIssuedAt, accessExpiresAt }: ExchangeTokens): number => {
  const share = accessIssuedAt === undefined ? Infinity : (accessExpiresAt - accessIssuedAt) * RENEW_SHARE;
  return accessExpiresAt - Math.min(RENEW_BEFORE_MS, share);
};

const tokensOf = ({ refreshToken, refreshExpirationTime, ...access }: TokenReply): ExchangeTokens => ({
  access: access.accessToken,
  accessIssuedAt: Date.parse(access.accessIssueTime),
  accessExpiresAt: Date.parse(access.accessExpirationTime),
  ...(refreshToken !== undefined && { refresh: refreshToken }),
  ...(refreshExpirationTime !== undefined && { refreshExpiresAt: Date.parse(refreshExpirationTime) }),
});

/** All of the reply but the tokens. */
const timesOf = ({ accessToken: _access, refreshToken: _refresh, ...times }: TokenReply): TokenTimes => times;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
