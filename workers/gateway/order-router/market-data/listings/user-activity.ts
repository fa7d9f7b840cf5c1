import * as z from 'zod';
import { dataVenue } from '../../../../../shared/venues/data-venues.ts';
import { venueNames } from '../../../../../shared/venues/venue-names.ts';
import { route } from '../../../http/route.ts';
import { exchangeList, exchangesIn, exchangeStatus, statusOf } from './merged-listing.ts';
import { venueFor } from '../market-selector.ts';

/** `GET /api/v1/user-activity`: each exchange's own answer, and which of them gave one. Never fails as a whole. */
export const userActivity = route({
  method: 'GET',
  path: '/api/v1/user-activity',
  summary: 'What exchanges tell of an address, untouched; one that tells nothing says why in status',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: z.strictObject({
    address: z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hexadecimal digits'),
    exchanges: exchangeList.optional(),
  }),
  reply: {
    status: 200,
    schema: z.object({
      exchanges: z.record(z.string(), z.object({ raw: z.unknown() })),
      status: exchangeStatus,
    }),
  },
  async handle({ env, query }) {
    const asked =
      query.exchanges === undefined
        ? venueNames.filter((exchange) => dataVenue(exchange, env).capabilities.has.fetch_user_activity)
        : exchangesIn(query.exchanges);
    const answers = await Promise.all(
      asked.map(
        async (exchange) => [exchange, await venueFor(env, exchange).userActivity(query.address)] as const,
      ),
    );
    return {
      body: {
        exchanges: Object.fromEntries(
          answers.flatMap(([exchange, found]) => (found.ok ? [[exchange, { raw: found.value }]] : [])),
        ),
        status: Object.fromEntries(answers.map(([exchange, found]) => [exchange, statusOf(found)])),
      },
    };
  },
});
