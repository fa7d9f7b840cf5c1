import type { ExchangeLogin } from '../local-venues/exchange-and-relay.ts';

/**
 * Logs the local desk in at the exchange, as its owner would. A new emulator knows no token of the last one's; but the
 * vault keeps the password, and logs in again by itself when it is asked. So the desk is asked first, and a login that
 * works, this one or another, stays as it is.
 */
export async function seedDesk(
  url: string,
  key: string,
  { username, password }: ExchangeLogin,
): Promise<void> {
  const post = (path: string, body: object, more: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...more },
      body: JSON.stringify(body),
    });
  // Of the exchange itself: the copy would also answer a desk that has no login any more.
  const asked = await post('/api/v1beta1/get_open_orders', {}, { 'x-postern-source': 'lookup' });
  await asked.body?.cancel();
  if (asked.ok) return;
  const login = await post('/auth/v1beta1/login', { username, password, store: true });
  if (!login.ok) throw new Error(`the local desk could not log in: ${await login.text()}`);
  await login.body?.cancel();
}
