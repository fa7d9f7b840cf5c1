import type { AskRequest } from '../../exchange-connector/asking.ts';
import type { Failure } from '../../../shared/errors/failure.ts';
import type { LiveCaller } from '../live/model.ts';
import type { Naming } from '../once.ts';

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

/** One order of a request, as far as its outcome can be found out by it. */
export interface OrderRef {
  /** The caller's, or the one that was made for it. None of a cancel. */
  readonly clordId?: string;
  /** Of a cancel or a replacement. */
  readonly orderId?: string;
}

export interface ExchangeCommand {
  readonly caller: LiveCaller;
  readonly rpc: ExchangeRpc;
  /** JSON as it goes to the exchange, with every `clord_id`. */
  readonly body: string;
  readonly refs: readonly OrderRef[];
  /** `clord_id`s that the caller chose: it may say the command again under them. */
  readonly ownIds: readonly string[];
  /** Whom the exchange is to believe; a sealed token of the caller's own is not kept. */
  readonly auth: Exclude<AskRequest['auth'], 'none'>;
  readonly naming: Naming;
  /** Trade writes that the caller's tier may have in flight. */
  readonly maxWrites: number;
}

/** `body`: what the exchange said, with each order's `clord_id`. */
export type ExchangeReply =
  | { readonly ok: true; readonly replayed: boolean; readonly body: unknown }
  | Failure;
