import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
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
export type JournalRow = z.infer<typeof row> & { readonly kind: 'place' | 'cancel' | 'none' };

/**
 * The journals of all accounts, read from copies of their databases: what stands there, whatever the gateway says of
 * it. Of a process that runs, a copy may be half a write: `undefined` then.
 */
export function readJournals({ home }: OwnProgram): readonly JournalRow[] | undefined {
  const folder = join(home, 'objects/postern-TradingAccount');
  const copies = mkdtempSync(join(tmpdir(), 'postern-chaos-'));
  try {
    const names = readdirSync(folder).filter(
      (name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite',
    );
    return names.flatMap((name) => {
      for (const file of [name, `${name}-wal`]) {
        if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(copies, file));
      }
      return readOne(join(copies, name));
    });
  } catch {
    return undefined;
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

function readOne(file: string): readonly JournalRow[] {
  const database = new DatabaseSync(file);
  try {
    const rows = database
      .prepare('SELECT id, venue, state, account, order_id, sent, told, tries FROM live_commands')
      .all();
    return rows.map((found) => {
      const parsed = row.parse(found);
      return { ...parsed, kind: kindOf(parsed.sent) };
    });
  } finally {
    database.close();
  }
}

/** The journal's own JSON names what was sent. */
function kindOf(sent: string | null): JournalRow['kind'] {
  if (sent === null) return 'none';
  return sent.includes('"kind":"cancel"') ? 'cancel' : 'place';
}

export const isUnfinished = ({ state }: JournalRow): boolean =>
  state === 'pending' || state === 'sent' || state === 'unknown';
