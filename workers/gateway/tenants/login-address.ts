import type { Env } from '../env.ts';
import { isLoopback } from '../../../shared/loopback.ts';

export const LOGIN_PATH = '/v1/trader/login';

/**
 * Where login links lead: this deployment, by the https name that the operator gave it; without one, this machine, if
 * that was called. Undefined otherwise: a request's Host is its sender's word, and whoever could choose where the mail
 * leads would be handed the trader's token.
 */
export function loginPage({ PUBLIC_URL }: Env, called: URL): string | undefined {
  const named = PUBLIC_URL !== '';
  if (named && !URL.canParse(PUBLIC_URL)) return undefined;
  const { protocol, hostname, origin } = named ? new URL(PUBLIC_URL) : called;
  const safe = (named && protocol === 'https:') || isLoopback(hostname);
  return safe ? `${origin}${LOGIN_PATH}` : undefined;
}
