import type { Micro } from '../../shared/money/fixed.ts';
import type { Side } from '../../shared/venues/port.ts';

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
