import * as z from 'zod';
import { now } from '../../../shared/clock.ts';
import {
  add,
  asMicro,
  formatFixed,
  mulDiv,
  parseMicro,
  SCALE,
  sub,
  ZERO,
  type Micro,
} from '../../../shared/money/fixed.ts';
import { accountStatus, stage } from '../tenants/partner-wire.ts';
import { wireTime } from '../http/wire-values.ts';
import type { PartnerAccount } from '../../../durable-objects/tenant/api.ts';
import type { Portfolio, ValuedPosition } from '../../../durable-objects/trading-account/api.ts';

const positionView = z.object({
  market_id: z.string(),
  outcome: z.string(),
  quantity: z.string(),
  avg_entry_price: z.string(),
  /** Null while the venue gives no price; the position then counts at its cost. */
  current_price: z.string().nullable(),
  market_value: z.string(),
  unrealized_pnl: z.string(),
});

/** The state of an account (contract: partner, "State envelope"). */
export const stateEnvelope = z.object({
  account_id: z.uuid(),
  external_id: z.string(),
  stage,
  status: accountStatus,
  balance: z.string(),
  starting_balance: z.string(),
  equity: z.string(),
  unrealized_pnl: z.string(),
  realized_pnl: z.string(),
  open_positions: z.array(positionView),
  rules: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()),
  updated_at: z.string(),
});

/** What an account is worth in whole cents, as every sum on this surface is made of. */
export interface Worth {
  /** Cash, also what resting orders reserve. */
  readonly balance: Micro;
  /** balance + Σ market_value. */
  readonly equity: Micro;
  /** Σ (market_value − cost). */
  readonly unrealised: Micro;
}

/**
 * Adds up amounts that are rounded already: what a reader adds up from the wire comes to the same cent, always.
 */
export function worthOf({ money, positions }: Pick<Portfolio, 'money' | 'positions'>): Worth {
  const balance = cents(add(money.cash, money.reserved));
  const valued = positions.map(worthOfPosition);
  const equity = valued.reduce((sum, { value }) => add(sum, value), balance);
  const unrealised = valued.reduce((sum, { result }) => add(sum, result), ZERO);
  return { balance, equity, unrealised };
}

export function toState(account: PartnerAccount, portfolio: Portfolio): z.infer<typeof stateEnvelope> {
  const { balance, equity, unrealised } = worthOf(portfolio);
  return {
    account_id: account.id,
    external_id: account.externalId,
    stage: account.stage,
    status: account.status,
    balance: formatFixed(balance, 2),
    starting_balance: formatFixed(account.startingBalance, 2),
    equity: formatFixed(equity, 2),
    unrealized_pnl: formatFixed(unrealised, 2),
    realized_pnl: formatFixed(portfolio.money.realised, 2),
    open_positions: portfolio.positions.map(toPosition),
    rules: account.rules,
    metadata: account.metadata,
    updated_at: wireTime(now()),
  };
}

function toPosition(position: ValuedPosition): z.infer<typeof positionView> {
  const { value, result } = worthOfPosition(position);
  const { cost, shares, price } = position;
  return {
    market_id: position.market,
    outcome: position.outcome,
    quantity: formatFixed(shares, 4),
    avg_entry_price: formatFixed(asMicro(mulDiv(cost, SCALE, shares, 'half-up')), 4),
    current_price: price === null ? null : formatFixed(price, 4),
    market_value: formatFixed(value, 2),
    unrealized_pnl: formatFixed(result, 2),
  };
}

function worthOfPosition({ value, cost }: ValuedPosition): { readonly value: Micro; readonly result: Micro } {
  const worth = cents(value ?? cost);
  return { value: worth, result: sub(worth, cents(cost)) };
}

/** Rounded as `formatFixed` writes it. */
const cents = (amount: Micro): Micro => parseMicro(formatFixed(amount, 2)) ?? amount;
