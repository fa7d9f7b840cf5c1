import type { OrderType, TimeInForce } from './order-terms.ts';

const RESTS: Readonly<Record<OrderType | TimeInForce, boolean>> = {
  gtc: true,
  gtd: true,
  ioc: false,
  fok: false,
  GTC: true,
  GTD: true,
  FAK: false,
  FOK: false,
};

/** Whether what an order of this type does not fill at once stays in the order book. */
export const rests = (type: OrderType | TimeInForce): boolean => RESTS[type];
