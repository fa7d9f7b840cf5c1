import type { Hex } from '../checks.ts';
import { SigningFault } from '../signing-fault.ts';

/** Which struct an order is signed as; also the version of the EIP-712 domain (contract: venues, "Orders"). */
export type OrderSchema = 1 | 2;

interface Exchange {
  readonly plain: Hex;
  readonly negRisk: Hex;
}

/** Same address on both chains. */
const EXCHANGE_V2: Exchange = {
  plain: '0xE111180000d2663C0091e4f400237545B87B996B',
  negRisk: '0xe2222d279d744050d28e00520010520000310F59',
};

/** Polygon: contract venues. Amoy, its test network: the official clients' settings. */
const EXCHANGES: Readonly<Record<number, Readonly<Record<OrderSchema, Exchange>>>> = {
  137: {
    1: {
      plain: '0x4bFb41d5B3570DeFd03C39a9A4D8dE6Bd8B8982E',
      negRisk: '0xC5d563A36AE78145C45a50134d48A1215220f80a',
    },
    2: EXCHANGE_V2,
  },
  80002: {
    1: {
      plain: '0xdFE02Eb6733538f8Ea35D585af8DE5958AD99E40',
      negRisk: '0xC5d563A36AE78145C45a50134d48A1215220f80a',
    },
    2: EXCHANGE_V2,
  },
};

/** The contract that settles orders of a market: `verifyingContract` of their domain. */
export function exchangeContract(chainId: number, schema: OrderSchema, negRisk: boolean): Hex {
  const exchange = EXCHANGES[chainId]?.[schema];
  if (!exchange) throw new SigningFault('chainId', 'has no exchange contract that we know');
  return negRisk ? exchange.negRisk : exchange.plain;
}

/** The schema of a known exchange contract; undefined for any other address. */
export function schemaOfContract(address: string): OrderSchema | undefined {
  const wanted = address.toLowerCase();
  const settles = ({ plain, negRisk }: Exchange): boolean =>
    plain.toLowerCase() === wanted || negRisk.toLowerCase() === wanted;
  for (const schemas of Object.values(EXCHANGES)) {
    if (settles(schemas[1])) return 1;
    if (settles(schemas[2])) return 2;
  }
  return undefined;
}
