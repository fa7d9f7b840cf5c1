import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

/** The mail server of this machine: it delivers nothing, and keeps what it takes as files. */
export interface Outbox {
  /** For MAIL_URL. */
  readonly url: string;
  readonly folder: string;
  close(): Promise<void>;
}

/** Longer than any mail of ours. */
const MAX_BYTES = 1_048_576;

/**
 * Takes mails by SMTP on a free port of loopback and writes each as `<time>-<number>.eml`, for its owner's eyes: it may
 * hold a login link. It runs in this process, because workerd writes no files.
 */
export async function startOutbox(folder: string): Promise<Outbox> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let taken = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAX_BYTES,
    // Nobody but this machine reaches it: names of clients need no looking up.
    disableReverseLookup: true,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        taken += 1;
        const name = `${new Date().toISOString().replaceAll(':', '-')}-${String(taken).padStart(4, '0')}.eml`;
        // Written beside and renamed, so that nobody ever reads half a mail.
        writeFileSync(join(folder, `.${name}`), Buffer.concat(chunks), { mode: 0o600 });
        renameSync(join(folder, `.${name}`), join(folder, name));
        done();
      });
    },
  });
  // A client that breaks off is its own affair.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    folder,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
