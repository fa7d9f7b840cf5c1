import { exchangeOrder, newDesk } from '../support/exchange-stage.ts';
import type { Provocations, Provoke } from './provoke.ts';

/** An order of a desk that has logged in. */
const asDesk =
  (members: object, own: Readonly<Record<string, string>> = {}): Provoke =>
  async ({ program }) => {
    const desk = await newDesk(program.file);
    return (headers) => desk.post('insert_order', exchangeOrder(members), { ...own, ...headers });
  };

/** Refusals that only the exchange's surface knows. */
export const exchangeProvocations: Provocations = {
  // The emulator plays no such orders, and says so.
  EXCHANGE_REFUSED: asDesk({ strict_limit: true }),
  SCALE_SUSPECTED: asDesk({ price: '1000' }),
  // Off the tick: taken with an id, then rejected on the stream.
  ORDER_REJECTED: asDesk({ price: '105' }, { 'x-postern-wait': 'ack' }),
};
