import { isLoopback } from '../loopback.ts';
import { HttpMailer } from './http-mailer.ts';
import type { Mailer, MailSender } from './port.ts';
import { SmtpMailer, type SmtpServer } from './smtp-mailer.ts';

/** The deployment's own words on mail: see wrangler.toml. */
export interface MailSettings {
  readonly MAIL_URL: string;
  readonly MAIL_FROM: string;
  readonly MAIL_SECRET: string;
}

/** What MAIL_SECRET says where nothing is needed: a required secret cannot be empty. */
const NO_SECRET = 'unused';

/**
 * The mailer that a deployment has: `smtp://host:port`, `smtps://host:port` (MAIL_SECRET: `user:password`) or the https
 * URL of a mail API (MAIL_SECRET: its token). A mail holds a login link, so it leaves this machine under TLS or not at
 * all. Undefined where MAIL_URL is empty. Throws on any other URL, in words that repeat nothing of it.
 */
export function mailerOf({ MAIL_URL, MAIL_SECRET }: MailSettings): Mailer | undefined {
  if (MAIL_URL === '') return undefined;
  const secret = MAIL_SECRET === NO_SECRET ? '' : MAIL_SECRET;
  if (!URL.canParse(MAIL_URL)) throw new Error('MAIL_URL is no URL');
  const url = new URL(MAIL_URL);
  switch (url.protocol) {
    case 'smtp:':
    case 'smtps:':
      return new SmtpMailer(smtpServer(url, secret));
    case 'http:':
      if (!isLoopback(url.hostname))
        throw new Error('MAIL_URL must begin with https: where the mail API is another machine');
      return new HttpMailer(MAIL_URL, secret);
    case 'https:':
      return new HttpMailer(MAIL_URL, secret);
    default:
      throw new Error('MAIL_URL must begin with smtp:, smtps: or https:');
  }
}

function smtpServer(url: URL, secret: string): SmtpServer {
  const secure = url.protocol === 'smtps:';
  const [username = '', ...rest] = secret.split(':');
  return {
    host: url.hostname,
    // The ports of mail submission (RFC 8314).
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    ...(secret !== '' && { credentials: { username, password: rest.join(':') } }),
  };
}

/** Whom mails are from, where a tenant has no sender of its own. */
export const defaultSender = ({ MAIL_FROM }: MailSettings): MailSender => ({
  address: MAIL_FROM,
  name: 'Postern',
});
