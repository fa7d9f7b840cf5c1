import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { decodeJson } from '../../shared/bigint-json.ts';
import type { OwnProgram } from '../support/program.ts';

/** A row of `live_commands`, as an account keeps it on disk. */
const row = z.object({
  id: z.number(),
  venue: z.enum(['polymarket', 'kalshi']),
  state: z.enum(['pending', 'sent', 'done', 'released', 'unknown']),
  account: z.string(),
  order_id: z.string().nullable(),
  sent: z.string().nullable(),
  told: z.string().nullable(),
  tries: z.number(),
});
/** A row of `escrows`. Amounts are base units, sizes micro-shares; both as the journal writes them. */
const escrowRow = z.object({
  order_id: z.string(),
  venue_order: z.string().nullable(),
  account: z.string(),
  record: z
    .string()
    .transform((text) => decodeJson(text))
    .pipe(
      z.object({
        fee: z.bigint(),
        size: z.bigint(),
        filled: z.bigint(),
        pulled: z.bigint(),
        distributed: z.bigint(),
        refunded: z.bigint(),
        order: z.enum(['unsent', 'live', 'ended']),
        transfer: z.unknown().optional(),
      }),
    ),
});
export type EscrowRow = z.infer<typeof escrowRow>;

/** What all accounts keep. */
export interface Journals {
  readonly commands: readonly JournalRow[];
  readonly escrows: readonly EscrowRow[];
}

export type JournalRow = z.infer<typeof row> & { readonly kind: 'place' | 'cancel' | 'none' };

/**
 * The journals of all accounts, read from copies of their databases: what stands there, whatever the gateway says of
 * it. Of a process that runs, a copy may be half a write: `undefined` then.
 */
export function readJournals({ home }: OwnProgram): Journals | undefined {
  const folder = join(home, 'objects/postern-TradingAccount');
  const copies = mkdtempSync(join(tmpdir(), 'postern-chaos-'));
  try {
    const names = readdirSync(folder).filter(
      (name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite',
    );
    const all = names.map((name) => {
      for (const file of [name, `${name}-wal`]) {
        if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(copies, file));
      }
      return readOne(join(copies, name));
    });
    return {
      commands: all.flatMap(({ commands }) => commands),
      escrows: all.flatMap(({ escrows }) => escrows),
    };
  } catch {
    return undefined;
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

function readOne(file: string): Journals {
  const database = new DatabaseSync(file);
  try {
    const commands = database
      .prepare('SELECT id, venue, state, account, order_id, sent, told, tries FROM live_commands')
      .all()
      .map((found) => row.parse(found));
    const escrows = database.prepare('SELECT order_id, venue_order, account, record FROM escrows').all();
    return {
      commands: commands.map((one) => ({ ...one, kind: kindOf(one.sent) })),
      escrows: escrows.map((found) => escrowRow.parse(found)),
    };
  } finally {
    database.close();
  }
}

/** The journal's own JSON names what was sent. */
function kindOf(sent: string | null): JournalRow['kind'] {
  if (sent === null) return 'none';
  return sent.includes('"kind":"cancel"') ? 'cancel' : 'place';
}

/** Whether something may still happen to it by itself, but for fills of an order that rests. */
export const isMoving = ({ record }: EscrowRow): boolean =>
  record.transfer !== undefined ||
  record.order === 'unsent' ||
  (record.order === 'ended' && record.pulled !== record.distributed + record.refunded);

export const isUnfinished = ({ state }: JournalRow): boolean =>
  state === 'pending' || state === 'sent' || state === 'unknown';
