/** Commands of the exchange that have an effect (contract: exchange, "Commands and lookups"). */
const exchangeRpcs = [
  'insert_order',
  'insert_order_list',
  'cancel_order',
  'cancel_order_list',
  'cancel_replace_order',
  'cancel_replace_order_list',
] as const;
export type ExchangeRpc = (typeof exchangeRpcs)[number];
