import { failure, invalidMember, type Failure } from '../../shared/errors/failure.ts';
import type { Principal } from '../../shared/keys/principal.ts';
import { accountObject, keyGate } from '../rpc/stubs.ts';
import { resolveWalletAccount } from '../rpc/resolve-wallet-account.ts';
import { CLOSE } from '../../shared/websockets/close-codes.ts';
import { overLimit, type SignInCommand } from './frames.ts';
import type { Hub } from './hub.ts';
import type { Member } from './member.ts';
import { gateOfSignIn } from './sign-in.ts';
import type { AccountText } from '../../shared/websockets/account-text.ts';

/** Clients of the executions and user channels: whose they are, and what their accounts have for them. */
export class AccountWatchers {
  readonly #hub: Hub;
  /** The last news of each account that has watchers here; accounts tell one at a time. */
  readonly #announced = new Map<string, string>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /**
   * What an account has for its watchers here; false when there is none. `id` names this piece of news: the account
   * says it again when it has not heard back, and nobody shall be told of a fill twice.
   */
  announce(account: string, id: string, texts: readonly AccountText[]): boolean {
    const members = this.#hub.members.ofAccount(account);
    if (this.#announced.get(account) === id) return members.size > 0;
    if (members.size > 0) this.#announced.set(account, id);
    for (const member of members) {
      const { channel, markets } = member.at;
      for (const { channel: of, market, text } of texts) {
        if (of === channel && (markets?.includes(market) ?? true)) member.send(text);
      }
    }
    return members.size > 0;
  }

  /** First frame of a user socket: whose it is, and which markets it shows. */
  async signIn(member: Member, { auth, markets, wallet }: SignInCommand): Promise<void> {
    const { at } = member;
    const limit = overLimit(new Set(markets), 0);
    if (limit) {
      member.refuse(limit);
      return;
    }
    at.markets = markets.length === 0 ? undefined : [...new Set(markets)];
    // A second sign-in changes the markets only: a socket belongs to one account for its life.
    if (at.account !== undefined) {
      member.save();
      return;
    }
    const { env, members } = this.#hub;
    const gate = await gateOfSignIn(auth, env);
    const grant = gate === undefined ? failure('INVALID_KEY') : await this.#acquire(at.id, gate);
    if (!grant.ok || gate === undefined) {
      const refusal = grant.ok ? failure('INVALID_KEY') : grant;
      const full = refusal.reason === 'RATE_LIMIT_EXCEEDED';
      this.#hub.reject(member, refusal, full ? CLOSE.tooMany : CLOSE.badToken);
      return;
    }
    // From here on the socket's end gives its place back.
    at.gate = gate;
    const shown = await this.#accountOf(grant.principal, at.wallet, wallet);
    if (members.find(at.id) !== member) {
      await keyGate(env, gate).releaseSocket(at.id);
      return;
    }
    if (!shown.ok) {
      // Two names that differ are a frame that makes no sense; a wallet that is not there is no credential.
      const code = shown.reason === 'WALLET_NOT_FOUND' ? CLOSE.badToken : CLOSE.policy;
      this.#hub.reject(member, shown, code);
      return;
    }
    at.mustSignInBy = undefined;
    await this.watch(member, shown.account);
  }

  /** The tenant's own account, or its wallet that the socket's address or its first frame names. */
  async #accountOf(
    principal: Principal,
    ...names: readonly (string | undefined)[]
  ): Promise<{ readonly ok: true; readonly account: string } | Failure> {
    const [wallet, ...others] = new Set(names.filter((name) => name !== undefined));
    if (others.length > 0) return invalidMember('wallet_id', 'address and frame name different wallets');
    if (wallet === undefined) return { ok: true, account: principal.account };
    return resolveWalletAccount(this.#hub.env, principal, wallet);
  }

  /** From now on the socket shows this account. */
  async watch(member: Member, account: string): Promise<void> {
    const { members, turns, env, name } = this.#hub;
    member.at.account = account;
    member.save();
    members.watch(member, account);
    const watched = await turns.run(account, () => accountObject(env, account).watch(name));
    // A wallet that was deleted between its lookup and now.
    if (!watched.ok) this.#hub.reject(member, watched, CLOSE.badToken);
  }

  /** User channel: which markets to show. */
  narrow(member: Member, kind: 'subscribe' | 'unsubscribe', markets: readonly string[]): void {
    const { at } = member;
    if (at.account === undefined) {
      this.#hub.reject(member, failure('MISSING_AUTH'), CLOSE.badToken);
      return;
    }
    // Who sees everything has named nothing that could be taken away.
    if (markets.length === 0 || (at.markets === undefined && kind === 'unsubscribe')) return;
    const rest = (at.markets ?? []).filter((market) => !markets.includes(market));
    const next = new Set(kind === 'subscribe' ? [...rest, ...markets] : rest);
    const limit = overLimit(next, 0);
    if (limit) {
      member.refuse(limit);
      return;
    }
    at.markets = [...next];
    member.save();
  }

  /** Tells the account when the last watcher here has gone. */
  leave(account: string): void {
    const { members, turns, env, name } = this.#hub;
    if (members.ofAccount(account).size > 0) return;
    this.#announced.delete(account);
    this.#hub.waitUntil(
      turns.run(account, async () => {
        if (members.ofAccount(account).size > 0) return;
        await accountObject(env, account).unwatch(name);
      }),
    );
  }

  #acquire(id: string, gate: string) {
    return keyGate(this.#hub.env, gate).acquireSocket(id, this.#hub.name);
  }
}
