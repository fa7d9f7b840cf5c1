import type { MailSender } from '../../../shared/mail/port.ts';
import type { PartnerSettings } from './partner-model.ts';

/** SQL of the `partner_settings` table: one row, once an operator has set anything. */
export class PartnerSettingsStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  read(): PartnerSettings {
    const [row] = this.#sql
      .exec<{ redirects: string; sender: string | null }>('SELECT redirects, sender FROM partner_settings')
      .toArray();
    if (!row) return { redirects: [], sender: null };
    // `write` put both there, from checked types.
    return {
      redirects: JSON.parse(row.redirects) as readonly string[],
      sender: row.sender === null ? null : (JSON.parse(row.sender) as MailSender),
    };
  }

  write({ redirects, sender }: PartnerSettings): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO partner_settings (id, redirects, sender) VALUES (1, ?, ?)',
      JSON.stringify(redirects),
      sender === null ? null : JSON.stringify(sender),
    );
  }
}
