import * as z from 'zod';
import { hourOf, isPriced } from '../../../shared/money/portfolio-prices.ts';
import { now } from '../../../shared/clock.ts';
import { formatFixed } from '../../../shared/money/fixed.ts';
import { route } from '../http/route.ts';
import { rowCursorOf, rowPlaceOf } from './cursor.ts';
import { ownAccount } from './own-account.ts';
import { ruleStatus } from './rule-status.ts';
import { worthOf } from './state.ts';
import { accountParams } from './wire.ts';
import { wireTime } from '../http/wire-values.ts';

/** Six weeks of hours: one reply stays small. */
const MAX_POINTS = 1_000;
/** A week. */
const DEFAULT_POINTS = 168;

const equity = route({
  method: 'GET',
  path: '/v1/partner/accounts/{account_id}/equity',
  summary:
    'The newest hourly points of equity, oldest first, of this attempt and earlier ones (began_at tells them apart); next_cursor leads to the points before them',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  params: accountParams,
  query: z.object({
    limit: z
      .string()
      .regex(/^\d{1,4}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.number().int().min(1).max(MAX_POINTS))
      .default(DEFAULT_POINTS),
    cursor: z.string().optional(),
  }),
  reply: {
    status: 200,
    schema: z.object({
      account_id: z.uuid(),
      began_at: z.string(),
      points: z.array(z.object({ at: z.string(), equity: z.string() })),
      next_cursor: z.string().nullable(),
    }),
  },
  async handle(call) {
    const { limit, cursor } = call.query;
    const before = cursor === undefined ? undefined : rowPlaceOf(cursor);
    const { account, trading } = await ownAccount(call, call.params.account_id);
    // One point more than shown tells whether there are others before it.
    const found = await trading.equity(limit + 1, before);
    const points = found.slice(-limit);
    const [first] = points;
    const more = found.length > limit && first;
    return {
      body: {
        account_id: account.id,
        began_at: wireTime(account.beganAt),
        points: points.map((point) => ({ at: wireTime(point.at), equity: formatFixed(point.equity, 2) })),
        next_cursor: rowCursorOf(more ? hourOf(more.at) : undefined),
      },
    };
  },
});

const status = route({
  method: 'GET',
  path: '/v1/partner/accounts/{account_id}/rule-status',
  summary: 'profit_target_pct and max_drawdown_pct of the present attempt: passed, failed or running',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  params: accountParams,
  reply: {
    status: 200,
    schema: z.object({
      account_id: z.uuid(),
      status: z.enum(['passed', 'failed', 'running']),
      profit_pct: z.string(),
      profit_target_pct: z.string().nullable(),
      drawdown_pct: z.string(),
      max_drawdown_pct: z.string().nullable(),
      equity: z.string(),
      starting_balance: z.string(),
      began_at: z.string(),
      updated_at: z.string(),
    }),
  },
  async handle(call) {
    const { account, trading } = await ownAccount(call, call.params.account_id);
    const at = now();
    const { portfolio, waters } = await trading.performance();
    const { equity: worth } = worthOf(portfolio);
    const began = account.startingBalance;
    // The present one once more in the cents that the reply shows, so that a reader comes to the same.
    const falls = isPriced(portfolio) ? [waters.fall, { from: waters.peak, to: worth }] : [waters.fall];
    return {
      body: {
        account_id: account.id,
        ...ruleStatus(account.rules, began, falls, worth),
        equity: formatFixed(worth, 2),
        starting_balance: formatFixed(began, 2),
        began_at: wireTime(account.beganAt),
        updated_at: wireTime(at),
      },
    };
  },
});

export const equityRoutes = [equity, status];
