import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import type { VenueOrder } from '../../../shared/venues/port.ts';
import { decodeJson } from '../../../shared/bigint-json.ts';
import type { LiveCaller, LiveState, MinedTransaction, SentCommand } from './model.ts';

/** A command as the journal has it. Times are Unix ms. */
export interface LiveRow {
  readonly id: number;
  readonly venue: LiveVenue;
  readonly state: LiveState;
  readonly caller: LiveCaller;
  /** Whether the vault keeps the credential: then the alarm can ask the venue. */
  readonly stored: boolean;
  /** Whose orders it is among: see `TradingSession.identity`. */
  readonly identity: string | null;
  readonly sent: SentCommand | null;
  readonly order: VenueOrder | null;
  /** What became of a command for the chain. */
  readonly mined: MinedTransaction | null;
  /** What the first caller was told; null while nobody was told anything, or when the process died first. */
  readonly told: 'outcome' | 'unknown' | null;
  readonly tries: number;
  readonly sentAt: number | null;
  readonly endedAt: number | null;
}

export interface NamedRow {
  readonly fingerprint: string;
  readonly row: LiveRow;
}

/** A row of `live_commands` as it is stored. */
export type StoredRow = {
  id: number;
  venue: string;
  state: string;
  tenant: string;
  account: string;
  key_id: string;
  request_id: string;
  stored: number;
  identity: string | null;
  sent: string | null;
  outcome: string | null;
  told: string | null;
  tries: number;
  sent_at: number | null;
  ended_at: number | null;
};

/** The casts are of columns that CHECK constraints restrict, and of JSON that only `tables.ts` wrote. */
export function toRow(row: StoredRow): LiveRow {
  const sent = row.sent === null ? null : (decodeJson(row.sent) as SentCommand);
  const outcome = row.outcome === null ? null : decodeJson(row.outcome);
  const isChain = sent?.kind === 'ctf';
  return {
    id: row.id,
    venue: row.venue as LiveVenue,
    state: row.state as LiveState,
    caller: { tenant: row.tenant, account: row.account, keyId: row.key_id, requestId: row.request_id },
    stored: row.stored === 1,
    identity: row.identity,
    sent,
    order: isChain ? null : (outcome as VenueOrder | null),
    mined: isChain ? (outcome as MinedTransaction | null) : null,
    told: row.told as LiveRow['told'],
    tries: row.tries,
    sentAt: row.sent_at,
    endedAt: row.ended_at,
  };
}
