/**
 * A builder's backend: makes a customer, looks what ten contracts cost, buys them for the customer on paper, and
 * leaves nothing resting.
 *
 *   POSTERN_URL=http://127.0.0.1:8787 POSTERN_KEY=<a builder's key> node builder.ts
 */
import { createRouter, type Result } from '@postern/sdk';

const router = createRouter({
  url: process.env['POSTERN_URL'] ?? 'http://127.0.0.1:8787',
  apiKey: process.env['POSTERN_KEY'] ?? '',
});

/** Calls never throw. Here the first failure ends the program. */
function must<T>(result: Result<T>): T {
  if (result.success) return result.data;
  console.error(`${result.code}: ${result.error} (request ${result.requestId}, effect: ${result.effect})`);
  process.exit(1);
}

// The same external_id gives the same customer, however often this program runs.
const { customer_id: customer } = must(await router.builder.createUser({ external_id: 'customer-1' }));
const theirs = router.with({ customer });
console.log('customer', customer);

const { markets } = must(await router.markets({ exchanges: 'polymarket', status: 'active', limit: 20 }));
const [market] = markets;
if (!market) throw new Error('no market is open');
const { exchange_market_id: market_id } = market;
console.log('market', market.question);

const exchange = 'paper';
const outcome = market.outcomes[0]?.name ?? 'yes';
const cost = must(await router.executionPrice({ exchange, market_id, outcome, side: 'buy', amount: 10 }));
console.log('ten contracts cost', cost.net_cost);

// Sent again under its key, an order is not placed again: the SDK makes one for each call unless it is given one.
const order = must(
  await theirs.placeOrder(
    { exchange, market_id, outcome, side: 'buy', price: cost.worst_price ?? 0.01, size: 10 },
    { idempotencyKey: `first-order-${Date.now()}` },
  ),
);
console.log('order', order.id, order.status, order.filled);

for (const { id } of must(await theirs.orders({ exchange, status: 'open' }))) {
  console.log('cancelled', must(await theirs.cancelOrder({ exchange, id })).id);
}
console.log('positions', must(await theirs.positions({ exchange })));
console.log('available', must(await theirs.balance({ exchange })).available);
