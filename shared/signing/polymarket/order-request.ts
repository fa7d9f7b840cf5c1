import type { OrderDraft, ExchangeContract, SignatureType } from './order-typed-data.ts';
import { ORDER_PATH, orderBody, partiesOf, wireOrder, type OrderFraming } from './order-body.ts';
import { l2Headers } from './l2-headers.ts';
import { signOrder } from './sign-order.ts';
import type { SecretText } from '../secret.ts';
import type { Hex } from '../checks.ts';

/** A wallet and the CLOB key that sends for it. */
export interface OrderSender {
  readonly privateKey: SecretText;
  /** The key's own. */
  readonly address: string;
  readonly signatureType: SignatureType;
  /** Proxy, Safe or deposit wallet that holds the funds, for signature types 1 to 3. */
  readonly funder?: string | undefined;
  readonly clob: {
    readonly apiKey: string;
    readonly secret: SecretText;
    readonly passphrase: SecretText;
  };
}

/** `timestamp`: Unix seconds by the venue's clock. */
export type TimedFraming = OrderFraming & { readonly timestamp: number };

/** `POST /order`, ready to be sent as it is. */
export interface FramedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
export interface OrderRequest extends FramedRequest {
  readonly orderHash: Hex;
}

/**
 * Makes an order the sender's, signs it, and proves the sender's CLOB key on the request that carries it (contract:
 * venues, "Orders" and "L2"). Rejects with SigningFault.
 */
export async function orderRequest(
  sender: OrderSender,
  draft: OrderDraft,
  exchange: ExchangeContract,
  framing: TimedFraming,
): Promise<OrderRequest> {
  const order = { ...draft, ...partiesOf(sender) };
  const { address, privateKey } = sender;
  const { signature, orderHash } = await signOrder(privateKey, order, exchange, address);
  return { orderHash, ...(await framedRequest(sender, wireOrder(order, signature), framing)) };
}

/** Proves the sender's CLOB key on the request that carries an order which is signed already; nothing of it is changed. */
export async function framedRequest(
  { address, clob }: Pick<OrderSender, 'address' | 'clob'>,
  signed: Readonly<Record<string, unknown>>,
  { timestamp, ...framing }: TimedFraming,
): Promise<FramedRequest> {
  const body = orderBody(signed, clob.apiKey, framing);
  const headers = await l2Headers(
    { ...clob, address },
    { method: 'POST', path: ORDER_PATH, body, timestamp },
  );
  return { body, headers };
}
