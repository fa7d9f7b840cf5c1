import { LogLevel, WorkerMailer } from 'worker-mailer';
import { isLoopback } from '../loopback.ts';
import type { Mail, Mailed, Mailer } from './port.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /**
   * TLS from the first byte (smtps). Otherwise STARTTLS, and a server that does not offer it, as somebody on the way can
   * make it look, is told nothing: neither password nor mail. Only one on this machine may go without.
   */
  readonly secure: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** A server that says nothing for so long says nothing more. */
const SILENCE_MS = 10_000;
/** Longest answer to one command that we read: RFC 5321 has lines of 512 characters and a few dozen of them. */
const MAX_ANSWER = 16_384;

/** The parts of the library's object that are used here. */
interface Session {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly socket: { close(): Promise<void> };
  readonly host: string;
  readonly secure: boolean;
  /** Whether the server's EHLO offered STARTTLS; what is offered has been done by the time of `auth`. */
  readonly supportsStartTls: boolean;
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

/** A session that would go on in the clear. */
class NoTls extends Error {}

const authenticate: unknown = Reflect.get(WorkerMailer.prototype, 'auth');

/** Before the library's own step, which is the first that says a secret: it takes STARTTLS as a wish (1.2.1). */
async function authUnderTls(this: Session): Promise<void> {
  if (!this.secure && !this.supportsStartTls && !isLoopback(this.host)) {
    await this.socket.close();
    throw new NoTls();
  }
  if (typeof authenticate !== 'function') throw new Error('worker-mailer has no such step any more');
  await Reflect.apply(authenticate, this, []);
}
Object.defineProperty(WorkerMailer.prototype, 'auth', { value: authUnderTls });

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
    } catch (error) {
      return error instanceof NoTls ? 'no-tls' : 'failed';
    } finally {
      await session?.close().catch(() => undefined);
    }
  }
}
