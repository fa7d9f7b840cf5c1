import { forTraders, type AnyRoute } from '../http/route.ts';
import { balance } from './balance.ts';
import { redeem, resetBalance } from './commands.ts';
import { exportTrades } from './export.ts';
import { history } from './history.ts';
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
