import type { Micro } from '../money/fixed.ts';
import type { Side } from '../venues/port.ts';

/** How a session is named: by its number. */
export const SESSION_NUMBER = /^[1-9]\d{0,15}$/;

/** `auto` executes; `manual` makes a suggestion of everything that moves value. */
export const sessionModes = ['auto', 'manual'] as const;
export type SessionMode = (typeof sessionModes)[number];

/** created → running ↔ paused → stopped; only a running session trades. */
export const sessionStatuses = ['created', 'running', 'paused', 'stopped'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** Where a session trades. */
export const sessionVenues = ['paper', 'polymarket'] as const;
export type SessionVenue = (typeof sessionVenues)[number];

/** What became of a suggestion; `expired` is an open one whose time is over. */
export const suggestionStatuses = [
  'open',
  'executing',
  'executed',
  'rejected',
  'cleared',
  'expired',
] as const;
export type SuggestionStatus = (typeof suggestionStatuses)[number];

/** A market order as an agent asks for it: a BUY names micro-USD, a SELL micro-shares. */
export interface MarketOrder {
  readonly tokenId: string;
  readonly side: Side;
  readonly size: Micro;
}

/** Who asks, and what for. */
export interface SessionCaller {
  readonly tenant: string;
  readonly account: string;
  readonly keyId: string;
  readonly requestId: string;
  /** Its key has the permission `trade`. */
  readonly mayTrade: boolean;
  /** Trade writes that its tier may have in flight. */
  readonly maxWrites: number;
  /** Its tenant is a builder: see `LiveAccess`. */
  readonly builder?: true;
}

/** A session as it stands. */
export interface SessionRecord {
  readonly id: number;
  readonly tenant: string;
  readonly account: string;
  readonly mode: SessionMode;
  readonly venue: SessionVenue;
  /** Micro-USD that were set aside when it was opened. */
  readonly allocation: Micro;
  readonly run: number;
  readonly status: SessionStatus;
  /** Unix ms. */
  readonly createdAt: number;
}

/** What a session does to its wallet. */
export type Work =
  /** `worst`: the price beyond which nothing is traded. */
  | { readonly kind: 'order'; readonly order: MarketOrder; readonly worst: Micro }
  | { readonly kind: 'redeem'; readonly tokens: readonly string[] };

export interface Suggestion {
  readonly id: number;
  readonly run: number;
  readonly work: Work;
  readonly status: SuggestionStatus;
  /** Unix ms. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** An order that was executed. Amounts in micro. */
export interface Executed {
  readonly orderId: string;
  readonly side: Side;
  readonly shares: Micro;
  readonly price: Micro;
  /** shares × price, before the fee. */
  readonly total: Micro;
  /** Transactions on chain; on paper there are none, and trades have numbers. */
  readonly hashes: readonly string[];
  readonly trades: readonly number[];
}

/** A position with its market. Amounts in micro. */
export interface PositionView {
  readonly token: string;
  readonly condition: string;
  readonly question: string;
  readonly outcome: string;
  readonly price: Micro;
  readonly value: Micro;
  readonly shares: Micro;
  readonly cost: Micro;
  readonly realised: Micro;
  readonly closedCost: Micro;
  readonly redeemable: boolean;
  readonly negRisk: boolean;
  readonly imageUrl: string;
  readonly endDate: string;
}

/** One token of a redemption. */
export interface RedeemRow {
  readonly position: PositionView;
  /** What paid it: a transaction on chain, or on paper the number of a payout. */
  readonly by: { readonly hash: string } | { readonly payout: number } | null;
  readonly success: boolean;
  /** Why nothing was broadcast. */
  readonly skipped?: string;
}

/** What a session has. `cash` may be spent; `cashOut` is held back by orders whose outcome is not known yet. */
export interface PortfolioView {
  readonly cash: Micro;
  readonly cashOut: Micro;
  readonly positions: readonly PositionView[];
}

/** What became of what an agent asked for. */
export type Captured<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'suggested'; readonly id: number };
