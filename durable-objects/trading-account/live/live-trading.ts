import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../../bindings.ts';
import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import type {
  Found,
  Market,
  OrderQuery,
  VenueFill,
  VenueOrder,
  VenueResult,
} from '../../../shared/venues/port.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import { chainSettings } from '../../../shared/chain/chain-settings.ts';
import { relayedChain } from '../escrow/relayed-chain.ts';
import { exchangeConnector, tenantObject } from '../../rpc/stubs.ts';
import type { AllocationBook } from '../allocations/allocation-book.ts';
import { Claims } from '../allocations/claims.ts';
import { walletCash } from '../allocations/free-funds.ts';
import { CtfCommands } from '../on-chain/ctf-commands.ts';
import type { CtfCommand, CtfReply } from '../on-chain/model.ts';
import { ctfChain, ownWallet } from '../on-chain/wallet.ts';
import { Escrows } from '../escrow/fee-escrows.ts';
import type { EscrowRow } from '../escrow/escrow-table.ts';
import { ExchangeCommands } from '../exchange/exchange-commands.ts';
import type { Journal } from '../journal/journal.ts';
import { AllocationGuard } from './allocation-guard.ts';
import { LiveOrders } from './live-orders.ts';
import type { LiveAccess, LiveCaller, LiveCommand, LiveReply } from './model.ts';
import { openVenueClient } from '../../venue-access/venue-client.ts';
import type { PaperLookup, CommandIdentity } from '../journal/command-identity.ts';
import { NamedCancels } from '../journal/named-cancels.ts';
import type { WriteCap } from '../journal/write-cap.ts';
import type { ExchangeCommand, ExchangeReply, VenueCancelOutcome } from '../api.ts';

/** What the account lends to its commands that happen elsewhere. */
export interface LiveTradingDependencies {
  readonly storage: DurableObjectStorage;
  /** What paper did: one account, one space of keys. */
  readonly paper: Journal;
  readonly writes: WriteCap;
  readonly allocations: AllocationBook;
  readonly market: (conditionId: string) => Promise<Found<Market>>;
  /** Sets the account's alarm, unless it rings before. */
  readonly setAlarm: (at: number) => Promise<void>;
  /** Why the account takes no more commands. */
  readonly closed: () => Failure | undefined;
}

/** The parts of an account whose commands happen elsewhere: live venues, the chain, the institutional exchange. */
export class LiveTrading {
  readonly live: LiveOrders;
  readonly escrows: Escrows;
  readonly ctf: CtfCommands;
  readonly exchange: ExchangeCommands;
  readonly claims: Claims;
  readonly cancels: NamedCancels;
  readonly #env: ObjectEnv;

  constructor(env: ObjectEnv, host: LiveTradingDependencies) {
    this.#env = env;
    const { storage, paper, writes, setAlarm: wake, closed } = host;
    this.cancels = new NamedCancels(paper, (commandIdentity) =>
      this.isTaken(commandIdentity) ? failure('IDEMPOTENCY_KEY_REUSE') : undefined,
    );
    const claims = new Claims(storage.sql, host.allocations);
    this.claims = claims;
    const allocations = { book: host.allocations, claims };
    this.escrows = new Escrows({
      storage,
      chain: ({ tenant, account, keyId, requestId }) =>
        relayedChain(env, { scope: { tenant, account }, actor: { keyId, requestId } }),
      claim: (orderId, { tenant, account }) => tenantObject(env, tenant).noteEscrow(orderId, account),
      order: async (caller, id) => {
        const session = openVenueClient(env, { venue: 'polymarket', caller, source: { kind: 'stored' } });
        const found = await session.order(id);
        return found.ok ? found.value : undefined;
      },
      contract: () => chainSettings(env).escrow,
      setAlarm: wake,
    });
    this.ctf = new CtfCommands({
      storage,
      paper,
      writes,
      allocations,
      cash: (caller) => this.cash(caller),
      chain: (signer) => ctfChain(env, signer),
      wallet: (caller) => ownWallet(env, caller),
      market: host.market,
      setAlarm: wake,
      closed,
    });
    this.exchange = new ExchangeCommands({
      storage,
      writes,
      connector: (tenant) => exchangeConnector(env, tenant),
      isNameUsed: (name) => this.live.isNameUsed(name) || paper.find(name) !== undefined,
      setAlarm: wake,
      closed,
    });
    this.live = new LiveOrders({
      storage,
      paper,
      writes,
      open: (access) => openVenueClient(env, access),
      escrows: this.escrows,
      guard: new AllocationGuard(host.allocations, claims, host.market),
      setAlarm: wake,
      settleCtf: (row) => this.ctf.settle(row),
      closed,
    });
  }

  /** What the account's wallet has at Polymarket beside what its resting orders reserve. */
  cash(caller: LiveCaller): Promise<VenueResult<Micro>> {
    return walletCash(this.#polymarket(caller));
  }

  /** The account's wallet at Polymarket, as `TradingSession.identity` tells it. */
  async wallet(caller: LiveCaller): Promise<VenueResult<string>> {
    const who = await this.#polymarket(caller).identity();
    return who.ok ? { ok: true, value: who.identity } : { ok: false, reason: 'SIGNER_REFUSED', signer: who };
  }

  #polymarket(caller: LiveCaller): VenueClient {
    return openVenueClient(this.#env, { venue: 'polymarket', caller, source: { kind: 'stored' } });
  }

  /** Whether an `Idempotency-Key` named something here. */
  isTaken({ key }: Partial<CommandIdentity>): boolean {
    return (
      key !== undefined && (this.live.isNameUsed(`key:${key}`) || this.exchange.isNameUsed(`key:${key}`))
    );
  }

  /** One account, one space of keys: what the exchange did under this one was another request. */
  keyUsedAtExchange({ key }: CommandIdentity): Failure | undefined {
    const used = key !== undefined && this.exchange.isNameUsed(`key:${key}`);
    return used ? failure('IDEMPOTENCY_KEY_REUSE') : undefined;
  }

  /** Looks after what is due. Never rejects for what one of them could not find out. */
  async alarm(): Promise<void> {
    await Promise.all([this.live.alarm(), this.exchange.alarm(), this.escrows.alarm()]);
  }

  nextLook(): number {
    return Math.min(this.live.nextLook(), this.exchange.nextLook(), this.escrows.nextLook());
  }

  /** Returns when to come again. */
  sweep(at: number): number {
    return Math.min(this.live.sweep(at), this.exchange.sweep(at));
  }

  /** Cancels what rests at these venues with the stored credentials. Returns whether nothing is left. */
  async cancelResting(caller: LiveCaller, venues: readonly LiveVenue[]): Promise<boolean> {
    const ended = await Promise.all(
      venues.map((venue) => this.live.cancelAll({ venue, caller, source: { kind: 'stored' } })),
    );
    return ended.every(Boolean);
  }
}

/** What is asked of an account about commands that happen elsewhere. */
export abstract class LiveTradingMethods extends DurableObject<ObjectEnv> {
  protected abstract readonly outside: LiveTrading;

  /** Places or cancels one order on a live venue, at most once. */
  async submit(command: LiveCommand): Promise<LiveReply> {
    return this.outside.keyUsedAtExchange(command.commandIdentity) ?? this.outside.live.submit(command);
  }

  /** Orders of one request on a live venue, each with its own outcome. */
  async submitAll(commands: readonly LiveCommand[]): Promise<readonly LiveReply[]> {
    const used = commands
      .map(({ commandIdentity }) => this.outside.keyUsedAtExchange(commandIdentity))
      .find((one) => one !== undefined);
    return used ? commands.map(() => used) : this.outside.live.submitAll(commands);
  }

  /** What became of a cancel of several orders on a live venue, which the caller has named and the gateway sends. */
  async cancelOutcome(
    commandIdentity: CommandIdentity,
  ): Promise<
    { readonly kind: 'new' } | { readonly kind: 'done'; readonly outcome: VenueCancelOutcome } | Failure
  > {
    const before: PaperLookup = this.outside.cancels.lookUp(commandIdentity);
    // `noteCancel` recorded it: the fingerprint is of a cancel there.
    if ('kind' in before && before.kind === 'done')
      return { kind: 'done', outcome: before.outcome as VenueCancelOutcome };
    return before;
  }

  async recordCancel(commandIdentity: CommandIdentity, outcome: VenueCancelOutcome): Promise<void> {
    this.outside.cancels.record(commandIdentity, outcome, now());
  }

  /** Dead man's switch of the orders on a live venue. Returns the deadline, Unix ms. */
  liveHeartbeat(access: LiveAccess, intervalMs: number): Promise<VenueResult<number>> {
    return this.outside.live.heartbeat(access, intervalMs);
  }

  /** An order of this account on a live venue. */
  liveOrder(access: LiveAccess, id: string): Promise<VenueResult<VenueOrder>> {
    return this.outside.live.order(access, id);
  }

  liveOrders(access: LiveAccess, query: OrderQuery): Promise<VenueResult<readonly VenueOrder[]>> {
    return this.outside.live.orders(access, query);
  }

  /** Fills that a live venue has told of this account's orders, in the words of whoever asked for these. */
  liveFills(venue: LiveVenue, told: readonly VenueFill[]): readonly VenueFill[] {
    return this.outside.live.fills(venue, told);
  }

  /** Splits, merges or redeems conditional tokens of the account's own wallet, at most once. */
  async submitCtf(command: CtfCommand): Promise<CtfReply> {
    return this.outside.keyUsedAtExchange(command.commandIdentity) ?? this.outside.ctf.submit(command);
  }

  /** One command to the institutional exchange, at most once. */
  submitExchange(command: ExchangeCommand): Promise<ExchangeReply> {
    return this.outside.exchange.submit(command);
  }

  /** The fee of an order, by the payer's order id. */
  escrow(orderId: Hex): EscrowRow | undefined {
    return this.outside.escrows.row(orderId);
  }
}
