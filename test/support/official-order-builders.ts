import { createRequire } from 'node:module';
import type { Wallet } from 'ethers';

/** An order as the client's builders take it: whole numbers are decimal text. */
type OrderData = Readonly<Record<string, string | number>>;

interface TypedData {
  readonly domain: object;
  readonly types: Record<string, { name: string; type: string }[]>;
  readonly message: object;
}

interface OfficialBuilder {
  buildSignedOrder(data: OrderData): Promise<OrderData & { readonly signature: string }>;
  buildOrderTypedData(order: OrderData): TypedData;
  buildOrderHash(data: TypedData): string;
}

type BuilderClass = new (
  contract: string,
  chainId: number,
  signer: Wallet,
  generateSalt: () => string,
) => OfficialBuilder;

// The package exports its client only, and publishes no types of the classes that it signs orders with.
const load = createRequire(import.meta.url);
const folder = '../../node_modules/@polymarket/clob-client-v2/dist/order-utils';
const v1 = load(`${folder}/exchangeOrderBuilderV1.cjs`) as { readonly ExchangeOrderBuilderV1: BuilderClass };
const v2 = load(`${folder}/exchangeOrderBuilderV2.cjs`) as { readonly ExchangeOrderBuilderV2: BuilderClass };

/** What `@polymarket/clob-client-v2` signs orders with, by schema. */
export const officialBuilders = { 1: v1.ExchangeOrderBuilderV1, 2: v2.ExchangeOrderBuilderV2 };
