import { now } from '../../../shared/clock.ts';
import type {
  ChainSigner,
  CtfChain,
  TransactionJournal,
  SendOutcome,
  SignedTransaction,
} from '../../../shared/chain/port.ts';
import type { Found, Market, VenueResult } from '../../../shared/venues/port.ts';
import { failure, invalidMember, type Failure } from '../../../shared/errors/failure.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import {
  walletChanged,
  redeemClaim,
  refusedBySessions,
  type Allocations,
} from '../allocations/on-chain-claims.ts';
import type { Journal as PaperJournal } from '../journal/journal.ts';
import { pauseAfter } from '../live/backoff.ts';
import { LEASE_MS, SEND_TIMEOUT_MS } from '../live/command-times.ts';
import type { LiveAccess, LiveCaller, MinedTransaction } from '../live/model.ts';
import { liveCommandNames, lookUpLiveCommand } from '../live/command-names.ts';
import type { LiveRow } from '../live/command-rows.ts';
import { LiveTables } from '../live/live-tables.ts';
import type { WriteCap } from '../journal/write-cap.ts';
import type { CtfCommand, CtfReply, CtfWork } from './model.ts';
import { refusalOf } from './refusals.ts';

/** Three blocks of Polygon: a caller waits that long for its transaction to be mined. */
const LOOKS = 12;
const LOOK_MS = 500;

/** What the account lends. */
export interface CtfDependencies {
  readonly storage: DurableObjectStorage;
  readonly paper: PaperJournal;
  readonly writes: WriteCap;
  /** What of the wallet belongs to sessions. */
  readonly allocations?: Allocations;
  chain(signer?: ChainSigner): CtfChain;
  wallet(caller: LiveCaller): Promise<Found<ChainSigner>>;
  /** What the wallet has at Polymarket beside what its resting orders reserve. */
  cash(caller: LiveCaller): Promise<VenueResult<Micro>>;
  market(conditionId: string): Promise<Found<Market>>;
  setAlarm(at: number): Promise<void>;
  closed(): Failure | undefined;
}

/** What is ready to be sent. */
interface Ready {
  readonly signer: ChainSigner;
  readonly market: Market;
}

/**
 * Splits, merges and redemptions of the account's own wallet, each done at most once: the same journal and the same
 * states as orders on live venues (docs/consistency.md). The signed bytes are in the journal before the first of them
 * leaves; an unknown one is settled by asking the chain for them.
 */
export class CtfCommands {
  readonly #host: CtfDependencies;
  readonly #tables: LiveTables;
  /** One at a time: they share the wallet's nonces. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(host: CtfDependencies) {
    this.#host = host;
    this.#tables = new LiveTables(host.storage.sql, [host.allocations?.claims]);
  }

  async submit(command: CtfCommand): Promise<CtfReply> {
    const asked = this.#known(command);
    if (asked !== 'new' && 'unsettled' in asked) await this.settle(asked.unsettled);
    const known = this.#known(command);
    if (known !== 'new') {
      return 'unsettled' in known ? failure('IDEMPOTENCY_CONFLICT_PENDING', { retryAfter: 1 }) : known;
    }
    const refused = this.#host.closed() ?? this.#host.writes.full(command.maxWrites);
    if (refused) return refused;
    return this.#host.writes.during(() => this.#run(command));
  }

  /** What became of a transaction; undefined while nobody knows. */
  async #mined(transaction: SignedTransaction): Promise<MinedTransaction | 'lost' | undefined> {
    const found = await this.#host.chain().settle(transaction);
    if (!found.ok || found.state === 'pending') return undefined;
    if (found.state !== 'mined') return 'lost';
    return { hash: transaction.hash, status: found.success ? 'confirmed' : 'failed' };
  }

  #known(command: CtfCommand): 'new' | CtfReply | { readonly unsettled: LiveRow } {
    const known = lookUpLiveCommand(this.#tables, this.#host.paper, command, now());
    if (known.kind === 'new') return 'new';
    if (known.row && known.assumed) this.#tables.noteAssumed(known.row.id, known.assumed, now());
    if (known.kind === 'refused') return known.failure;
    if (known.kind === 'unknown') return { unsettled: known.row };
    const { mined } = known.row;
    return mined ? { ok: true, replayed: true, ...mined } : failure('EXECUTION_ERROR');
  }

  /** Asks the chain what became of a command that was sent. */
  async settle({ id, sent }: LiveRow): Promise<void> {
    const found = sent?.kind === 'ctf' ? await this.#mined(sent.transaction) : undefined;
    if (found === 'lost') this.#tables.markReleased(id, now());
    else if (found) this.#tables.markMined(id, found, now(), null);
  }

  async #run(command: CtfCommand): Promise<CtfReply> {
    const at = now();
    const access: LiveAccess = {
      venue: 'polymarket',
      caller: command.caller,
      source: { kind: 'stored' },
    };
    const id = this.#tables.admit(access, liveCommandNames(command), at, at + LEASE_MS);
    const alarm = this.#host.setAlarm(at + LEASE_MS);
    try {
      await alarm;
      const ready = await this.#prepare(command);
      if (!ready.ok) return this.#release(id, ready);
      const refused = await this.#claim(id, command, ready.value);
      if (refused) return this.#release(id, refused);
      const outcome = await this.#inTurn(() => this.#send(id, command.work, ready.value));
      if (INSTRUMENTED) await pauseAt('account/ctf/sent');
      return await this.#digest(id, outcome);
    } catch (error) {
      const message = String(error).slice(0, 300);
      console.error(JSON.stringify({ level: 'error', event: 'ctf_fault', message }));
      const state = this.#tables.row(id)?.state;
      if (state === 'pending') return this.#release(id, failure('EXECUTION_ERROR'));
      // The alarm did, because it took too long.
      if (state === 'released') return failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
      return this.#unknown(id, 'unknown');
    }
  }

  async #prepare({ caller, work }: CtfCommand): Promise<Found<Ready>> {
    const wallet = await this.#host.wallet(caller);
    if (!wallet.ok) return wallet;
    const market = await this.#host.market(work.conditionId);
    if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
    const { negRisk } = market.value;
    if (work.kind === 'redeem') {
      if (work.negRisk !== undefined && work.negRisk !== negRisk)
        return invalidMember('neg_risk', `is ${String(negRisk)} of this market`);
      // A plain redemption takes all that the wallet has: an amount would be dropped silently.
      if (work.amounts !== undefined && !negRisk)
        return invalidMember('amounts', 'goes with neg-risk markets: others redeem all');
    }
    return { ok: true, value: { signer: wallet.value, market: market.value } };
  }

  /** Sees to it that sessions keep what they have, or get what it pays. Why not, where they would not. */
  async #claim(
    id: number,
    { work, claim, caller }: CtfCommand,
    { signer: { address: wallet }, market }: Ready,
  ): Promise<Failure | undefined> {
    const parts = this.#host.allocations;
    if (!parts) return undefined;
    const { book, claims } = parts;
    if (work.kind !== 'redeem') {
      return refusedBySessions(id, parts, work, market, wallet, () => this.#host.cash(caller));
    }
    const moved = claim && walletChanged(book, claim.asker, wallet);
    if (moved) return moved;
    const redeem = claim ? { ...claim.pays, wallet } : redeemClaim(parts, work, market, wallet);
    if (redeem === undefined || 'ok' in redeem) return redeem;
    return claims.expect(id, redeem);
  }

  #send(id: number, work: CtfWork, { signer, market: { negRisk } }: Ready): Promise<SendOutcome> {
    const chain = this.#host.chain(signer);
    let written = false;
    const journal: TransactionJournal = async (transaction) => {
      const sent = { kind: 'ctf', transaction } as const;
      const at = now();
      const stands = written
        ? this.#tables.markResent(id, sent)
        : this.#tables.markSent(id, signer.address, sent, at, at + SEND_TIMEOUT_MS);
      if (!stands) throw new Error('the lease has run out');
      written = true;
      // Durable before the first outside byte (docs/consistency.md).
      await this.#host.storage.sync();
      if (INSTRUMENTED) await pauseAt('account/ctf/written');
    };
    const { conditionId } = work;
    if (work.kind === 'redeem') {
      return chain.redeem({ conditionId, negRisk, amounts: work.amounts }, journal);
    }
    return chain[work.kind]({ conditionId, negRisk, amount: work.amount }, journal);
  }

  async #digest(id: number, outcome: SendOutcome): Promise<CtfReply> {
    if (!outcome.ok) {
      return outcome.reason === 'UNKNOWN'
        ? this.#unknown(id, 'unknown')
        : this.#release(id, refusalOf(outcome));
    }
    // Nothing on chain names these commands, so none can have been done already.
    if (outcome.state === 'already') return this.#release(id, failure('INTERNAL_ERROR'));
    const { transaction } = outcome;
    for (let look = 0; look < LOOKS; look += 1) {
      const found = await this.#mined(transaction);
      if (found === 'lost') {
        return this.#release(id, failure('VENUE_UNAVAILABLE', { retryAfter: 1 }));
      }
      if (found) {
        this.#tables.markMined(id, found, now(), 'outcome');
        return { ok: true, replayed: false, ...found };
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    await this.#unknown(id, null);
    return { ok: true, replayed: false, hash: transaction.hash, status: 'pending' };
  }

  async #unknown(id: number, told: 'unknown' | null): Promise<Failure> {
    const lookAt = now() + pauseAfter(0);
    this.#tables.markUnknown(id, lookAt, told);
    await this.#host.setAlarm(lookAt);
    return failure('PERSISTENCE_UNKNOWN', {
      message: 'The transaction was sent; its outcome is not known yet',
    });
  }

  #release<T extends Failure>(id: number, reply: T): T {
    this.#tables.markReleased(id, now());
    return reply;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
