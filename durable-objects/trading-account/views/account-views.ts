import { now } from '../../../shared/clock.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import type { PolymarketMarketData } from '../../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { Book } from '../../../shared/venues/port.ts';
import { SessionMethods } from '../allocations/session-methods.ts';
import type { OrderView } from '../paper/commands.ts';
import type { EquityLog, EquityPoint } from '../ledger/equity-log.ts';
import { readFills, type FillFilter, type FillPlace } from './fills.ts';
import type { HighWaterMark, PeakAndDrawdown } from '../ledger/high-water-mark.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Money, Order, Position, TradeWithOrder } from '../ledger/model.ts';
import {
  readOpenOrders,
  readOrders,
  readPositions,
  readTradeIds,
  readTrades,
  readTradesAfter,
  withExecuted,
  type ExecutedOrder,
  type ExportedTrade,
  type HistoryFilter,
  type OrderFilter,
  type Page,
  type TradeFilter,
} from './read-rows.ts';
import { readRedemptions, type PastRedemption } from './past-redemptions.ts';
import type { MarketResolutions } from '../paper/market-resolutions.ts';
import { isPriced } from '../../../shared/money/portfolio-prices.ts';
import { valuePortfolio, type Portfolio } from '../ledger/valuation.ts';

/** What an account tells of itself: orders, trades, positions, money, and what it is worth. */
export abstract class AccountViewMethods extends SessionMethods {
  protected abstract readonly ledger: Ledger;
  protected abstract readonly marketData: PolymarketMarketData;
  protected abstract readonly resolutions: MarketResolutions;
  protected abstract readonly equityLog: EquityLog;
  protected abstract readonly highWater: HighWaterMark;

  openOrders(filter: OrderFilter, page: Page): readonly OrderView[] {
    return readOpenOrders(this.ctx.storage.sql, filter, page).map((order) => this.#view(order));
  }

  order(id: number): OrderView | undefined {
    const order = this.ledger.order(id);
    return order && this.#view(order);
  }

  /** Orders of any state with what was executed of them, newest first. */
  orders(filter: HistoryFilter, page: Page): ReturnType<typeof readOrders> {
    return readOrders(this.ctx.storage.sql, filter, page);
  }

  executedOrder(id: number): ExecutedOrder | undefined {
    const order = this.ledger.order(id);
    return order && withExecuted(this.ctx.storage.sql, order);
  }

  trades(filter: TradeFilter, page: Page): readonly TradeWithOrder[] {
    return readTrades(this.ctx.storage.sql, filter, page);
  }

  /** Fills, newest first, after the last one of the page before. */
  fills(filter: FillFilter, place: FillPlace | undefined, limit: number): readonly ExportedTrade[] {
    return readFills(this.ctx.storage.sql, filter, place, limit);
  }

  /** Redemptions below an id, newest first. */
  redemptions(before: number, limit: number): readonly PastRedemption[] {
    return readRedemptions(this.ctx.storage.sql, before, limit);
  }

  /** Trades after an id, oldest first. */
  tradesAfter(after: number, limit: number): readonly ExportedTrade[] {
    return readTradesAfter(this.ctx.storage.sql, after, limit);
  }

  /** The account at current prices. A venue that is away leaves prices out. */
  async portfolio(): Promise<Portfolio> {
    await this.resolutions.noteHeld();
    const books = await this.marketData.recentBooks(this.ledger.unsettledTokens());
    const held = readPositions(this.ctx.storage.sql);
    const portfolio = valuePortfolio(
      this.ledger.requireMoney(),
      held,
      books.ok ? books.value : new Map<string, Book>(),
    );
    // A point at cost would look like a price: without the venue there is none.
    if (books.ok) this.equityLog.note(portfolio.equity, now());
    if (isPriced(portfolio)) this.highWater.note(portfolio.equity);
    return portfolio;
  }

  /** The account at current prices, with how high and how low its present attempt has been. */
  async performance(): Promise<{ readonly portfolio: Portfolio; readonly waters: PeakAndDrawdown }> {
    const portfolio = await this.portfolio();
    return { portfolio, waters: this.highWater.read() };
  }

  /** The newest hourly points of equity, oldest first; of those before an hour since the epoch, if asked. */
  equity(limit: number, before?: number): readonly EquityPoint[] {
    return this.equityLog.latest(limit, before);
  }

  /** Positions, after a look at whether their markets have resolved. */
  async positions(): Promise<readonly Position[]> {
    await this.resolutions.noteHeld();
    return readPositions(this.ctx.storage.sql);
  }

  money(): Money {
    return this.ledger.requireMoney();
  }

  /** Free cash: beside what sessions have. */
  freeCash(): Micro {
    return this.ledger.spendable();
  }

  /** Free shares of a token: held, not behind a resting SELL, and no session's. */
  freeShares(token: string): Micro {
    return this.ledger.sellable(token);
  }

  #view(order: Order): OrderView {
    return { ...order, tradeIds: readTradeIds(this.ctx.storage.sql, order.id) };
  }
}
