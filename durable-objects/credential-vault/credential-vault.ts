import { credentialVenues, type ExchangeCredential } from '../../shared/vault/credential.ts';
import type { LoginStep } from '../../shared/vault/exchange-login.ts';
import type { Actor, Scope, VaultRequest } from '../../shared/vault/request.ts';
import type { AuditRow, Vault } from '../../shared/vault/port.ts';
import { VaultRefusal, type VaultResult } from '../../shared/vault/result.ts';
import type { VaultObjectEnv } from '../vault-bindings.ts';
import { migrate } from '../storage/migrate.ts';
import { AuditLog } from './audit/audit-log.ts';
import { merge } from './credentials.ts';
import { rewrap } from './envelope/envelope.ts';
import { ExchangeSessions, type LoginStepResult } from './exchange-sessions.ts';
import { Operations, type Call, type Note } from './operations.ts';
import { RootKeyring } from '../vault-access/root-keys.ts';
import { migrations } from './schema.ts';
import { SealedCredentials } from './envelope/sealed-credentials.ts';
import { checkUsable } from './signing/signers.ts';
import { freshWallet } from './signing/fresh-wallet.ts';
import { SigningMethods } from './signing/signing-methods.ts';
import { CredentialStore } from './envelope/credential-store.ts';
import { UsageReports } from './usage-reports.ts';
import { isSame, placeOf, storedView, walletView } from './views.ts';
import type { CredentialVaultApi, Rewrapped } from './api.ts';

/**
 * The credentials of one account (docs/vault.md): sealed at rest, open only inside an operation, and every
 * operation in the account's audit chain. Signing waits for nobody; what changes credentials runs in turn.
 */
export class CredentialVault extends SigningMethods implements ObjectPort, CredentialVaultApi {
  protected readonly credentials: CredentialStore;
  readonly #log: AuditLog;
  protected readonly operations: Operations;
  protected readonly roots: RootKeyring;
  readonly #reports: UsageReports;
  protected readonly sealed: SealedCredentials;
  readonly #exchange: ExchangeSessions;

  constructor(ctx: DurableObjectState, env: VaultObjectEnv) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    this.credentials = new CredentialStore(ctx.storage.sql);
    this.#log = new AuditLog(ctx.storage.sql);
    this.operations = new Operations(ctx, this.#log);
    this.roots = new RootKeyring(env.VAULT_ROOT_KEYS);
    this.#reports = new UsageReports(ctx.storage.kv, this.credentials, env);
    this.sealed = new SealedCredentials(this.credentials, this.roots, this.#reports);
    this.#exchange = new ExchangeSessions(env.RELAY_SEALING_KEY, env.EXCHANGE_TOKEN_URL);
  }

  async store(request: VaultRequest<'store'>): ReturnType<Vault['store']> {
    return this.#change('store', request, async (note) => {
      const before = this.credentials.find(request.credential.venue);
      note.about(request.credential.venue, before);
      this.#refuseClosed();
      if (request.replacing !== undefined && !isSame(request.replacing, before))
        throw new VaultRefusal('CREDENTIAL_CHANGED', 'another credential was stored or removed meanwhile');
      const roots = await this.roots.read();
      const merging = request.mode === 'merge' && before !== undefined;
      const next = merging
        ? merge(await this.sealed.open(roots, request.scope, before), request.credential)
        : request.credential;
      await checkUsable(next);
      return this.sealed.seal(roots, request.scope, next, before, note);
    });
  }

  async createWallet(request: VaultRequest<'createWallet'>): ReturnType<Vault['createWallet']> {
    return this.#change('createWallet', request, async (note) => {
      const before = this.credentials.find('polymarket');
      note.about('polymarket', before);
      this.#refuseClosed();
      const roots = await this.roots.read();
      if (before) {
        const held = await this.sealed.open(roots, request.scope, before);
        if (held.venue !== 'polymarket' || held.privateKey === undefined)
          throw new VaultRefusal(
            'CREDENTIAL_EXISTS',
            'a key triple without a wallet is stored: remove it first',
          );
        return () => walletView(storedView(before, held), false);
      }
      const fresh = freshWallet(request.kind);
      const commit = await this.sealed.seal(roots, request.scope, fresh, undefined, note);
      return () => walletView(commit().credential, true);
    });
  }

  async list(request: VaultRequest<'list'>): ReturnType<Vault['list']> {
    return this.operations.run('list', request, async (note) => {
      const roots = await this.roots.read();
      const credentials = await Promise.all(
        this.credentials.list().map((stored) => this.sealed.view(roots, request.scope, stored, note)),
      );
      return () => ({ credentials });
    });
  }

  async remove(request: VaultRequest<'remove'>): ReturnType<Vault['remove']> {
    return this.#change('remove', request, (note) => {
      note.about(request.venue, this.credentials.find(request.venue));
      return Promise.resolve(() => ({ removed: this.credentials.scrub(request.venue) }));
    });
  }

  async destroy(request: VaultRequest<'destroy'>): ReturnType<Vault['destroy']> {
    return this.#change('destroy', request, () =>
      Promise.resolve(() => {
        if (request.forever === true) this.ctx.storage.kv.put('closed', true);
        return { destroyed: credentialVenues.filter((venue) => this.credentials.scrub(venue)).length };
      }),
    );
  }

  /**
   * Ends this instance, so that its database is closed: only then does SQLite fold its write-ahead log, where
   * earlier pages still stand, into the file and remove it. The call never returns.
   */
  release(): void {
    this.ctx.abort('released');
  }

  async exchangeSession(request: VaultRequest<'exchangeSession'>): ReturnType<Vault['exchangeSession']> {
    return this.#stepping('exchangeSession', request, (stored) =>
      this.#exchange.begin(request.intent, request.desk, stored),
    );
  }

  async exchangeAnswer(request: VaultRequest<'exchangeAnswer'>): ReturnType<Vault['exchangeAnswer']> {
    return this.#stepping('exchangeAnswer', request, (stored) =>
      this.#exchange.answer(request.id, request, request.desk, stored),
    );
  }

  /** Rows after a number, oldest first. SCOPE_MISMATCH for another tenant's account. */
  auditPage({
    scope,
    after,
    limit,
  }: VaultRequest<'auditPage'>): VaultResult<{ readonly rows: readonly AuditRow[] }> {
    const mismatch = this.operations.mismatch(scope);
    return mismatch ?? { ok: true, rows: this.#log.page(after, limit) };
  }

  /**
   * Puts every data key of the account under the current root version, which must be `target` or later: an
   * instance with root keys from before says so, and is asked again. What cannot be re-wrapped stays as it is.
   */
  async rewrap(scope: Scope, target: number, actor: Actor): Promise<Rewrapped> {
    return this.operations.inTurn(async () => {
      let failure: string | undefined;
      for (const stored of this.credentials.list()) {
        if (stored.key.rootVersion >= target) continue;
        const result = await this.operations.run('rewrap', { scope, actor }, async (note) => {
          note.about(stored.venue, stored);
          const roots = await this.roots.read(true);
          if (roots.current < target)
            throw new VaultRefusal('ROOT_VERSION_STALE', `root version ${target} is not known here yet`);
          const key = await rewrap(roots, placeOf(scope, stored), stored.key, stored.value.commitment);
          return () => ({ replaced: this.credentials.rewrap(stored, key) });
        });
        if (!result.ok) failure ??= result.message;
      }
      return { ...this.#reports.now(), ...(failure !== undefined && { failure }) };
    });
  }

  /** A step of a session at the exchange: what it wants to keep is sealed before it says anything. */
  #stepping(
    operation: string,
    call: Call,
    step: (stored: ExchangeCredential | undefined) => Promise<LoginStepResult>,
  ): Promise<VaultResult<{ readonly step: LoginStep }>> {
    return this.#change(operation, call, async (note) => {
      const before = this.credentials.find('exchange');
      note.about('exchange', before);
      this.#refuseClosed();
      const roots = await this.roots.read();
      const stored = before && (await this.sealed.open<'exchange'>(roots, call.scope, before));
      const next = await step(stored);
      if (next.step.state === 'refused') note.outcome('SIGNING_REFUSED');
      const commit = next.keep && (await this.sealed.seal(roots, call.scope, next.keep, before, note));
      return () => {
        commit?.();
        return { step: next.step };
      };
    });
  }

  /** An account that was destroyed for good takes nothing, though a request for it may have been on its way. */
  #refuseClosed(): void {
    if (this.ctx.storage.kv.get<boolean>('closed') === true)
      throw new VaultRefusal('ACCOUNT_CLOSED', 'the account has been deleted');
  }

  /** An operation that changes credentials: in turn, and the registry learns how many there are now. */
  #change<T extends object>(
    operation: string,
    call: Call,
    act: (note: Note) => Promise<() => T>,
  ): Promise<VaultResult<T>> {
    return this.operations.inTurn(async () => {
      const result = await this.operations.run(operation, call, act);
      // Also after a refusal, which may have come after the announcement. Should it not arrive, the registry goes on
      // with a number that is too high: the next report or sweep mends it.
      const foreign = this.operations.mismatch(call.scope) !== undefined;
      if (!foreign) await this.#reports.tell(call.scope).catch(() => undefined);
      return result;
    });
  }
}

/** Methods that the VaultService passes on as they are. */
type ObjectPort = Omit<Vault, 'auditPage' | 'auditVerify' | 'relayer' | 'rotationStatus' | 'startRotation'>;
