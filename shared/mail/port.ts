/** Who a mail comes from. */
export interface MailSender {
  readonly address: string;
  readonly name: string;
}

/** One mail in plain text. Addresses and subject hold no control characters: whoever makes it has checked them. */
export interface Mail {
  readonly from: MailSender;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/**
 * What became of a mail. `failed`: it may be tried again, and may then come twice. `no-tls`: it did not leave, because
 * the server offers no TLS and others could have read it.
 */
export type Mailed = 'accepted' | 'failed' | 'no-tls';

/** Hands mails over to whoever delivers them. Never throws, and logs nothing of what it sends. */
export interface Mailer {
  send(mail: Mail): Promise<Mailed>;
}
