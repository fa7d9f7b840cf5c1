import * as z from 'zod';
import type { OwnProgram } from '../support/program.ts';
import type { ChaosAccount, Markets } from './accounts.ts';

/** An order as the venue has it, behind the gateway's back. */
export interface VenueOrderState {
  /** See `ChaosAccount`. */
  readonly book: string;
  readonly id: string;
  /** Whole shares. */
  readonly size: number;
  readonly status: 'open' | 'filled' | 'cancelled';
}

const clobOrders = z.array(
  z.object({ hash: z.string(), status: z.string(), market: z.string(), original_size: z.string() }),
);
const kalshiOrders = z.array(
  z.object({ order_id: z.string(), status: z.string(), ticker: z.string(), initial_count_fp: z.string() }),
);
const paperOrders = z.array(
  z.object({ id: z.string(), status: z.string(), price: z.number(), size: z.number() }),
);

const statuses: Readonly<Record<string, VenueOrderState['status']>> = {
  LIVE: 'open',
  MATCHED: 'filled',
  CANCELED: 'cancelled',
  resting: 'open',
  executed: 'filled',
  canceled: 'cancelled',
  open: 'open',
  filled: 'filled',
  cancelled: 'cancelled',
};

function statusOf(word: string): VenueOrderState['status'] {
  const status = statuses[word] ?? statuses[word.toUpperCase()];
  if (status === undefined) throw new Error(`a venue says ${word} of an order`);
  return status;
}

/** Every order on the run's markets at the live venues. */
export async function liveOrders(
  { file }: OwnProgram,
  markets: Markets,
): Promise<readonly VenueOrderState[]> {
  const [clob, kalshi] = await Promise.all(
    [file.emulators.polymarket, file.emulators.kalshi].map(async (url) =>
      (await fetch(`${url}/__control/orders`)).json(),
    ),
  );
  return [
    ...clobOrders
      .parse(clob)
      .filter(({ market }) => market === markets.polymarket)
      .map((order): VenueOrderState => ({
        book: 'polymarket',
        id: order.hash,
        size: Number(order.original_size),
        status: statusOf(order.status),
      })),
    ...kalshiOrders
      .parse(kalshi)
      .filter(({ ticker }) => ticker === markets.kalshi)
      .map((order): VenueOrderState => ({
        book: 'kalshi',
        id: order.order_id,
        size: Number(order.initial_count_fp),
        status: statusOf(order.status),
      })),
  ];
}

/** What a paper account shows: its orders, and whether its reserved cash is exactly what they hold. */
export async function paperBooks(
  { file }: OwnProgram,
  { book, headers }: ChaosAccount,
): Promise<{
  readonly orders: readonly VenueOrderState[];
  readonly reserved: number;
  readonly held: number;
}> {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${file.url}/api/v1/${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  };
  const rows = paperOrders.parse(await get('orders?exchange=paper&status=all&limit=500'));
  const { raw } = paperBalance.parse(await get('balance?exchange=paper'));
  const open = rows.filter(({ status }) => status === 'open');
  return {
    orders: rows.map((order) => ({
      book,
      id: order.id,
      size: order.size,
      status: statusOf(order.status),
    })),
    reserved: cents(raw.reserved),
    // Whole shares at whole cents.
    held: open.reduce((sum, { price, size }) => sum + cents(price) * size, 0),
  };
}

const paperBalance = z.object({ raw: z.object({ reserved: z.number() }) });
const cents = (usd: number): number => Math.round(usd * 100);
