import { forTraders, type AnyRoute } from '../http/route.ts';
import { balance } from './balance.ts';
import { redeem, resetBalance } from './redeem-and-reset.ts';
import { exportTrades } from './export-trades.ts';
import { history } from './trade-history.ts';
import { changeMe, me } from './me.ts';
import { equity, portfolio, positions } from './portfolio.ts';
import { walletRoutes } from './wallets.ts';

/** The account surface (contract: clob, "Account and market data"). */
export const accountRoutes: readonly AnyRoute[] = [
  ...forTraders([balance, positions, portfolio, equity, history, redeem, exportTrades]),
  resetBalance,
  me,
  changeMe,
  ...walletRoutes,
];
