import { eventually } from '../support/ask.ts';
import { orderBody } from '../support/order-body.ts';
import { ACCOUNTS, accountBody, newPartner, USERS } from '../support/partner.ts';
import type { Provocations } from './provoke.ts';

/** Arrays of the most orders that one holds: 210, more than two calls cancel. */
const ARRAYS = 14;
const ARRAY = 15;

/** Refusals of a prop firm's surface. */
export const partnerProvocations: Provocations = {
  ORDERS_NOT_CANCELLED: async ({ program, yes }) => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    const account = await partner.account(user);
    const trade = await partner.signIn(user);
    const order = { makerAmount: '1000000', takerAmount: '10000000' };
    for (let sent = 0; sent < ARRAYS; sent += 1) {
      const orders = Array.from({ length: ARRAY }, (_, index) =>
        orderBody(yes, { ...order, salt: String(sent * ARRAY + index) }),
      );
      // A session may ask ten times a second.
      await eventually(
        () => trade('POST', '/v1/orders', orders),
        (answer) => answer.status === 200,
      );
    }
    return (headers) => partner.call('POST', `${ACCOUNTS}/${account}/close`, undefined, headers);
  },
  EXTERNAL_ID_CONFLICT: async ({ program }) => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    await partner.account(user, { external_id: 'taken' });
    const other = accountBody(user.id, { external_id: 'taken', starting_balance: '5000.00' });
    return (headers) => partner.call('POST', ACCOUNTS, other, headers);
  },
  REDIRECT_NOT_ALLOWED: async ({ program }) => {
    const partner = await newPartner(program.file);
    const user = await partner.user();
    const body = { redirect_url: 'https://portal.example.com.evil.example/app/' };
    return (headers) => partner.call('POST', `${USERS}/${user.id}/login-link`, body, headers);
  },
};
