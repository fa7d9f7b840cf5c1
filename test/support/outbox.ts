import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { PATIENCE } from './patience.ts';

/** Where a program keeps what it mails. */
interface Mailing {
  readonly outbox: string;
}

/** Texts of the mails to an address, oldest first, with their quoted-printable lines joined again. */
export function mailsTo({ outbox }: Mailing, address: string): readonly string[] {
  return readdirSync(outbox)
    .filter((name) => /^\d.*\.eml$/.test(name))
    .toSorted()
    .map((name) => readFileSync(join(outbox, name), 'utf8'))
    .filter((mail) => mail.includes(`To: ${address}\r\n`))
    .map((mail) => mail.replaceAll('=\r\n', '').replaceAll('=3D', '='));
}

/** The link in a mail; its token stands after the `#`. */
export const linkIn = (mail: string | undefined): string => /https?:\/\/\S+#\S+/.exec(mail ?? '')?.[0] ?? '';
export const tokenIn = (mail: string | undefined): string => linkIn(mail).split('#')[1] ?? '';

/** A mail server that hangs up is asked again after two seconds; the rest is a busy machine. */

/** The token of the `count`-th link that an address is mailed. */
export async function mailedToken(file: Mailing, address: string, count = 1): Promise<string> {
  // Not `expect.poll`: stages are set in hooks too.
  await vi.waitFor(() => expect(mailsTo(file, address).length).toBeGreaterThanOrEqual(count), PATIENCE);
  return tokenIn(mailsTo(file, address)[count - 1]);
}
