import type { Actor } from '../../../shared/vault/request.ts';
import type { Ask, AskRequest } from '../../../shared/relay/ask-request.ts';
import { instrumentList, type InstrumentTable } from './instruments.ts';
import { meaningOf } from '../../../shared/relay/exchange-replies.ts';

/** `price_scale` of each instrument that is known or can be had, by symbol; others are left out. */
export async function priceScales(
  instruments: InstrumentTable,
  ask: Ask,
  symbols: readonly string[],
  by: { readonly actor: Actor; readonly auth: AskRequest['auth'] },
): Promise<Readonly<Record<string, string>>> {
  const missing = symbols.filter((symbol) => instruments.find(symbol) === undefined);
  if (missing.length > 0) {
    const body = JSON.stringify({ symbols: missing, page_size: missing.length });
    const reply = await ask({ path: '/api/v1beta1/list_instruments', body, ...by });
    const meaning = reply.ok ? meaningOf(reply) : undefined;
    const list = meaning?.kind === 'body' ? instrumentList.safeParse(meaning.body) : undefined;
    if (list?.success) instruments.put(list.data.instruments);
  }
  const known = symbols.map((symbol) => [symbol, instruments.find(symbol)?.price_scale] as const);
  return Object.fromEntries(
    known.flatMap(([symbol, scale]) => (scale === undefined ? [] : [[symbol, scale] as const])),
  );
}
