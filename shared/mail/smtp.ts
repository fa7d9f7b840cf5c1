import { LogLevel, WorkerMailer } from 'worker-mailer';
import type { Mail, Mailed, Mailer } from './port.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps). Otherwise STARTTLS wherever the server offers it. */
  readonly secure: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** A server that says nothing for so long says nothing more. */
const SILENCE_MS = 10_000;
/** Longest answer to one command that we read: RFC 5321 has lines of 512 characters and a few dozen of them. */
const MAX_ANSWER = 16_384;

/** The part of the library's object that `readAnswer` needs. */
interface Session {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
}

/**
 * One answer of the server, which may have several lines. In the library's own place: that one reads on for ever, and
 * lets nothing else run, once a server has closed the connection (worker-mailer 1.2.1).
 */
async function readAnswer(this: Session): Promise<string> {
  const decoder = new TextDecoder();
  let answer = '';
  for (;;) {
    const { done, value } = await this.reader.read();
    if (done) throw new Error('the mail server closed the connection');
    answer += decoder.decode(value, { stream: true });
    if (answer.length > MAX_ANSWER) throw new Error('the mail server talks without end');
    const last = answer.endsWith('\n') ? answer.trimEnd().split('\n').at(-1) : undefined;
    // A line with a hyphen after its code is followed by another.
    if (last !== undefined && !/^\d{3}-/.test(last)) return answer;
  }
}
Object.defineProperty(WorkerMailer.prototype, 'read', { value: readAnswer });

/** Mails by SMTP, over the Worker's own sockets. */
export class SmtpMailer implements Mailer {
  readonly #server: SmtpServer;

  constructor(server: SmtpServer) {
    this.#server = server;
  }

  async send({ from, to, subject, text }: Mail): Promise<Mailed> {
    let session: WorkerMailer | undefined;
    try {
      session = await WorkerMailer.connect({
        ...this.#server,
        startTls: !this.#server.secure,
        authType: ['plain', 'login'],
        socketTimeoutMs: SILENCE_MS,
        responseTimeoutMs: SILENCE_MS,
        // What it logs may hold the mail.
        logLevel: LogLevel.NONE,
      });
      await session.send({ from: { email: from.address, name: from.name }, to, subject, text });
      return 'accepted';
    } catch {
      return 'failed';
    } finally {
      await session?.close().catch(() => undefined);
    }
  }
}
