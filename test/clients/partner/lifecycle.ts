/** A prop firm's backend in TypeScript, as lifecycle.py is one in Python: steps on standard input, replies on output. */
import { createInterface } from 'node:readline';

const [base = '', key = '', email = '', redirect = ''] = process.argv.slice(2);
const PAGE = '2';

interface Reply<T> {
  readonly status: number;
  readonly body: T;
}
interface Page {
  readonly data: readonly unknown[];
  readonly next_cursor: string | null;
}

async function api<T>(method: string, path: string, body?: unknown): Promise<Reply<T>> {
  const response = await fetch(`${base}/v1/partner${path}`, {
    method,
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    const refusal = (await response.json()) as { readonly error: string; readonly message: string };
    throw new Error(`${response.status} ${refusal.error}: ${refusal.message}`);
  }
  return { status: response.status, body: (await response.json()) as T };
}

async function fills(account: string): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (let cursor: string | null = null; ;) {
    const query = new URLSearchParams({ limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    const { body }: Reply<Page> = await api<Page>('GET', `/accounts/${account}/trades?${query}`);
    all.push(...body.data);
    if (body.next_cursor === null) return all;
    cursor = body.next_cursor;
  }
}

let user = 0;
let account = '';

async function take(step: string): Promise<unknown> {
  switch (step) {
    case 'user': {
      const asked = { external_id: 'ts_trader', email, metadata: { country: 'ES' } };
      const { status, body } = await api<{ user_id: number; created: boolean }>('POST', '/users', asked);
      user = body.user_id;
      return { status, ...body };
    }
    case 'link': {
      const link = await api<object>('POST', `/users/${user}/login-link`, { redirect_url: redirect });
      return { http: link.status, ...link.body };
    }
    case 'account': {
      const { status, body } = await api<{ account_id: string }>('POST', '/accounts', {
        user_id: user,
        external_id: 'ts_challenge',
        stage: 'challenge',
        starting_balance: '10000.00',
        metadata: { plan: '10k', attempt: 1 },
        rules: { profit_target_pct: 20, max_drawdown_pct: 10 },
      });
      account = body.account_id;
      return { http: status, ...body };
    }
    case 'state':
      return (await api('GET', `/accounts/${account}`)).body;
    case 'fills':
      return fills(account);
    default:
      return (await api('POST', `/accounts/${account}/${step}`)).body;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await take(line))}\n`);
}
