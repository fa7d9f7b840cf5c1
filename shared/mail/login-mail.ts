import type { Mail, MailSender } from './port.ts';

/** How long a login link is good for (contract: partner, "login-link"). */
export const LINK_MINUTES = 15;

/** The mail that a login link comes in. Its text is the only place where the link stands. */
export const loginMail = (from: MailSender, to: string, link: string): Mail => ({
  from,
  to,
  subject: `Sign in to ${from.name}`,
  text: [
    `Open this link to sign in. It works once, within ${LINK_MINUTES} minutes:`,
    '',
    link,
    '',
    'If you did not ask for it, leave it: nothing happens.',
  ].join('\r\n'),
});
