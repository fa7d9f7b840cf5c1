/** What a cell holds: text of anybody's, or a number that we wrote. */
export type Cell = string | { readonly number: string };

/** Characters with which a spreadsheet takes a cell for a formula (OWASP, "CSV injection"). */
const FORMULA = /^[=+\-@\t\r\n]/;

/** A table in RFC 4180: CRLF after each record, quotes around what needs them. Text is never a formula. */
export const toCsv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(toCell).join(',')}\r\n`).join('');

function toCell(cell: Cell): string {
  // A number of ours may begin with a minus: it stays a number.
  if (typeof cell !== 'string') return cell.number;
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
