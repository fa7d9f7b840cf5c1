import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMarket, setBook } from '../support/markets.ts';
import { postOrder } from '../support/paper-orders.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant } from '../support/tenants.ts';

/** Kills in the middle of the stream, and how many orders must be acknowledged before each. */
const KILLS = 4;
const ACKNOWLEDGED_PER_KILL = 40;
/** Senders at once; each waits for its reply before the next order. */
const SENDERS = 4;

let program: OwnProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.stop());

interface Listed {
  readonly id: string;
  readonly original_size: string;
}

test('kill -9 of workerd during a stream of orders: every acknowledged order is there, none twice', async () => {
  const { file } = program;
  const { yes } = await openMarket(file);
  await setBook(file, yes, { bids: [], asks: [{ price: '0.99', size: '10' }] });
  const keys = await Promise.all(Array.from({ length: SENDERS }, () => createTenant(file)));
  const acknowledged = new Map<string, string>();
  const sent = new Set<string>();
  let size = 10_000_000n;
  let stopped = false;

  const send = async (key: string): Promise<void> => {
    while (!stopped) {
      size += 100n;
      const shares = size;
      const name = `${key} ${Number(shares) / 1e6}`;
      sent.add(name);
      try {
        const response = await postOrder(file.url, key, {
          tokenId: yes,
          side: 'BUY',
          makerAmount: shares / 100n,
          takerAmount: shares,
          orderType: 'GTC',
        });
        const body = (await response.json()) as { readonly orderID?: string };
        if (response.status === 200 && body.orderID !== undefined) acknowledged.set(name, body.orderID);
      } catch {
        // No reply: the order may or may not stand. It is never sent again, so it stands at most once.
      }
    }
  };
  const senders = keys.map(({ keys: [key] }) => send(key?.raw_key ?? ''));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await expect.poll(() => acknowledged.size).toBeGreaterThan(kill * ACKNOWLEDGED_PER_KILL);
    process.kill(program.workerdPid(), 'SIGKILL');
  }
  await expect.poll(() => acknowledged.size).toBeGreaterThan((KILLS + 1) * ACKNOWLEDGED_PER_KILL);
  stopped = true;
  await Promise.all(senders);

  const listed = new Map<string, string>();
  for (const {
    keys: [key],
  } of keys) {
    for (const order of await openOrders(file.url, key?.raw_key ?? '')) {
      const name = `${key?.raw_key} ${order.original_size}`;
      expect(listed.has(name), `${name} stands twice`).toBe(false);
      listed.set(name, order.id);
    }
  }
  for (const [name, id] of acknowledged) expect(listed.get(name)).toBe(id);
  for (const name of listed.keys()) expect(sent.has(name)).toBe(true);
});

async function openOrders(url: string, key: string): Promise<readonly Listed[]> {
  const orders: Listed[] = [];
  for (let cursor = 'MA=='; cursor !== 'LTE=';) {
    const response = await fetch(`${url}/v1/data/orders?next_cursor=${encodeURIComponent(cursor)}`, {
      headers: { 'x-api-key': key },
    });
    const page = (await response.json()) as {
      readonly data: readonly Listed[];
      readonly next_cursor: string;
    };
    orders.push(...page.data);
    cursor = page.next_cursor;
  }
  return orders;
}
