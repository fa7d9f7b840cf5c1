import type { Member } from './member.ts';

/** The members of a hub, found by id, by market and by account. In memory only: attachments rebuild it. */
export class Members {
  readonly #byId = new Map<string, Member>();
  readonly #byMarket = new Map<string, Set<Member>>();
  readonly #byAccount = new Map<string, Set<Member>>();

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<Member> {
    return this.#byId.values();
  }

  find(id: string): Member | undefined {
    return this.#byId.get(id);
  }

  ofMarket(market: string): ReadonlySet<Member> {
    return this.#byMarket.get(market) ?? new Set();
  }

  ofAccount(account: string): ReadonlySet<Member> {
    return this.#byAccount.get(account) ?? new Set();
  }

  add(member: Member): void {
    this.#byId.set(member.at.id, member);
    for (const { market } of member.at.followed) this.follow(member, market);
    for (const { feed } of member.at.books) this.follow(member, feed);
    if (member.at.account !== undefined) put(this.#byAccount, member.at.account, member);
  }

  remove(member: Member): void {
    this.#byId.delete(member.at.id);
    for (const { market } of member.at.followed) this.unfollow(member, market);
    for (const { feed } of member.at.books) this.unfollow(member, feed);
    if (member.at.account !== undefined) take(this.#byAccount, member.at.account, member);
  }

  follow(member: Member, market: string): void {
    put(this.#byMarket, market, member);
  }

  unfollow(member: Member, market: string): void {
    take(this.#byMarket, market, member);
  }

  watch(member: Member, account: string): void {
    put(this.#byAccount, account, member);
  }
}

function put(index: Map<string, Set<Member>>, name: string, member: Member): void {
  const members = index.get(name);
  if (members) members.add(member);
  else index.set(name, new Set([member]));
}

function take(index: Map<string, Set<Member>>, name: string, member: Member): void {
  const members = index.get(name);
  members?.delete(member);
  if (members?.size === 0) index.delete(name);
}
