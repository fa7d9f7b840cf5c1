import { now } from '../../../shared/clock.ts';
import { failure, invalidMember, type Failure } from '../../../shared/errors/failure.ts';
import { SEALED_PREFIX } from '../../../shared/relay/routes.ts';
import type { LoginIntent, LoginStep } from '../../../shared/vault/exchange-login.ts';
import type { Vault } from '../../../shared/vault/port.ts';
import { vaultAnswer } from '../../../shared/vault/vault-answer.ts';
import type { Actor, Scope } from '../../../shared/vault/request.ts';
import type { VaultFailure } from '../../../shared/vault/result.ts';
import type { CallRelay } from '../relay/relay-transport.ts';
import type { RelayReply } from '../../../shared/relay/relay-reply.ts';
import { meaningOf } from '../../../shared/relay/exchange-replies.ts';

/** Refresh, login, and one more where an answer got lost. */
const MOST_CALLS = 3;
/** A credential is asked for anew so long before it expires: requests that carry it are still on their way. */
const BEFORE_EXPIRY_MS = 30_000;
/** Of a short life, this part of what was left of it. */
const BEFORE_EXPIRY_SHARE = 0.25;

export type DeskCredential = LoginStep & { readonly state: 'ready' };
/** What an intent came to in the end. */
export type LoginResult =
  | { readonly ok: true; readonly step: DeskCredential | { readonly state: 'stored' } }
  | Failure;

export interface DeskVault {
  readonly vault: Vault;
  readonly scope: Scope;
  /** `<tenant>/<environment>`. */
  readonly desk: string;
}

/**
 * A desk's token, sealed to the relay. Carries the vault's calls there and back (decision 26) and keeps the sealed
 * credential for as long as it is good, so that the vault is asked once for each token and not for each command.
 */
export class DeskSession {
  readonly #of: DeskVault;
  readonly #call: CallRelay;
  #ready: DeskCredential | undefined;
  /** The renewal under way: a refresh token can be spent once. */
  #renewing: Promise<LoginResult> | undefined;
  /** The login under way: what comes of it is what there will be. */
  #keeping: Promise<LoginResult> | undefined;

  constructor(of: DeskVault, call: CallRelay) {
    this.#of = of;
    this.#call = call;
  }

  /** The sealed credential. `refused`: the one that the exchange has just refused, so that another is wanted. */
  async credential(
    actor: Actor,
    refused?: DeskCredential,
  ): Promise<{ readonly ok: true; readonly ready: DeskCredential } | Failure> {
    await this.#keeping;
    const known = this.#ready;
    if (known && known !== refused && renewalOf(known) > now()) return { ok: true, ready: known };
    const intent: LoginIntent = {
      kind: 'session',
      ...(refused !== undefined && refused === known && { refused: refused.madeAt }),
    };
    this.#renewing ??= this.#run(intent, actor).finally(() => (this.#renewing = undefined));
    const settled = await this.#renewing;
    if (!settled.ok) return settled;
    return settled.step.state === 'ready' ? { ok: true, ready: settled.step } : failure('INTERNAL_ERROR');
  }

  /** Logs in or registers, and has the vault keep what comes of it. */
  async keep(intent: LoginIntent, actor: Actor): Promise<LoginResult> {
    await this.#renewing;
    await this.#keeping;
    this.#ready = undefined;
    this.#keeping = this.#run(intent, actor).finally(() => (this.#keeping = undefined));
    return this.#keeping;
  }

  async #run(intent: LoginIntent, actor: Actor): Promise<LoginResult> {
    const { vault, scope, desk } = this.#of;
    const call = { scope, actor, desk };
    let answer = await vaultAnswer(vault.exchangeSession({ ...call, intent }));
    for (let calls = 0; ; calls += 1) {
      if (!answer.ok) return toFailure(answer);
      const { step } = answer;
      if (step.state === 'refused') {
        const { status, code, message } = step;
        return failure('EXCHANGE_REFUSED', { status: status < 400 ? 502 : status, grpcCode: code, message });
      }
      if (step.state !== 'call') {
        if (step.state === 'ready') this.#ready = step;
        return { ok: true, step };
      }
      if (calls === MOST_CALLS) return unavailable('The exchange does not give a session');
      const { id, path, sealed } = step;
      const reply = await this.#call({ path: `${SEALED_PREFIX}${path}`, body: sealed });
      if (reply.outcome !== 'answered') return unanswered(reply);
      const { status, body } = reply;
      answer = await vaultAnswer(vault.exchangeAnswer({ ...call, id, status, body }));
      // The vault was started again meanwhile: from the beginning.
      if (!answer.ok && answer.reason === 'CREDENTIAL_CHANGED' && intent.kind === 'session')
        answer = await vaultAnswer(vault.exchangeSession({ ...call, intent }));
    }
  }
}

/** Unix ms. */
const renewalOf = ({ madeAt, expiresAt }: DeskCredential): number =>
  expiresAt - Math.min(BEFORE_EXPIRY_MS, (expiresAt - madeAt) * BEFORE_EXPIRY_SHARE);

const unavailable = (message: string): Failure => failure('VENUE_UNAVAILABLE', { message, retryAfter: 1 });

/** The relay may say that its dialect has no such login; nobody else says anything in plain. */
function unanswered(reply: RelayReply): Failure {
  const meaning = reply.outcome === 'not-sent' ? meaningOf(reply) : undefined;
  const isRefused = meaning?.kind === 'refused' && meaning.failure.reason !== 'VENUE_UNAVAILABLE';
  return isRefused ? meaning.failure : unavailable('The exchange cannot be reached to log in');
}

/** The caller's names of what a client's key is refused for. */
const MEMBERS: Readonly<Record<string, string>> = { clientId: 'client_id', privateKeyPem: 'private_key' };

function toFailure({ reason, message, part = '' }: VaultFailure): Failure {
  if (reason === 'SIGNING_REFUSED') {
    const rule = message.startsWith(`${part} `) ? message.slice(part.length + 1) : message;
    return invalidMember(MEMBERS[part] ?? 'body', rule);
  }
  if (reason === 'CREDENTIAL_MISSING' || reason === 'CREDENTIAL_INCOMPLETE') {
    return failure('CREDENTIALS_REQUIRED', {
      message: 'Log in with POST /auth/v1beta1/login and store: true, or send your own Bearer token',
    });
  }
  // Its sentences name members and versions, never a value.
  console.error(JSON.stringify({ level: 'error', what: 'vault', reason, message }));
  return unavailable('The vault is unavailable');
}
