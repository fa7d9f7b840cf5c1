import * as z from 'zod';

/** Shapes that the `clob` surface shares (contract: clob; the official clients' own types). */

/** Token ids are uint256 in decimal: at most 78 digits. */
export const tokenId = z.string().regex(/^\d{1,78}$/, 'must be a decimal token id');
export const conditionId = z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hex digits');
/** A whole number of millionths, as the clients write amounts; 16 digits hold the most we take. */
export const baseUnits = z.string().regex(/^\d{1,16}$/, 'must be a whole number of millionths');
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address');
export const sideName = z.enum(['BUY', 'SELL']);

export const errorBody = z.object({ error: z.string() });

/** Polymarket's page cursors: `MA==` starts, `LTE=` ends; between them the last id in base64. */
export const START_CURSOR = 'MA==';
export const END_CURSOR = 'LTE=';

/** Most rows of one page. */
export const PAGE_SIZE = 100;

/** Reads a cursor into the last id of the page before; undefined at the start, null where it is no cursor. */
export function parseCursor(cursor: string | undefined): number | undefined | null {
  if (cursor === undefined || cursor === '' || cursor === START_CURSOR) return undefined;
  try {
    const text = atob(cursor);
    return /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

/** The cursor after a page: its last id, or the end when the page was not full. */
export const cursorAfter = (rows: readonly { readonly id: number }[], limit: number): string => {
  const last = rows.at(-1);
  return rows.length < limit || last === undefined ? END_CURSOR : btoa(String(last.id));
};

/** Envelope of Polymarket's paged reads. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ data: z.array(row), next_cursor: z.string(), limit: z.number(), count: z.number() });
