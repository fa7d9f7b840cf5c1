import type { Mail, Mailed, Mailer } from './port.ts';

const ANSWER_MS = 10_000;

/** Mails by the operator's HTTP mail API: one POST of `{from, to, subject, text}`; any 2xx means that it is taken. */
export class HttpMailer implements Mailer {
  readonly #url: string;
  readonly #secret: string;

  /** `secret`: sent as a bearer token; empty for none. */
  constructor(url: string, secret: string) {
    this.#url = url;
    this.#secret = secret;
  }

  async send({ from, to, subject, text }: Mail): Promise<Mailed> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.#secret !== '' && { authorization: `Bearer ${this.#secret}` }),
        },
        body: JSON.stringify({ from, to, subject, text }),
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await response.body?.cancel();
      return response.ok ? 'accepted' : 'failed';
    } catch {
      return 'failed';
    }
  }
}
