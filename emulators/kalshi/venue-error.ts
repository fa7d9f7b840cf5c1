import { json, type Reply } from '../lib/http/route.ts';

/**
 * The three bodies of a refusal that the venue is known to send (README, "Sources"): nearly always
 * `{error:{code,message,details?,service?}}`; the same members at the top level for a body that cannot be read; `{msg}`
 * for a query parameter of the wrong type.
 */
type Shape = 'nested' | 'flat' | 'msg';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly details?: string;
  readonly shape?: Shape;
  /** Said by the matching engine rather than by the API in front of it. */
  readonly engine?: boolean;
}

/** A refusal in the venue's words. The message is the code in words, as on the venue. */
export class VenueError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code.replaceAll('_', ' '));
    this.name = 'VenueError';
    this.refusal = refusal;
  }
}

export function refusalReply({ message, refusal }: VenueError): Reply {
  const { status, code, details, shape, engine } = refusal;
  if (shape === 'msg') return json({ msg: details }, status);
  const extra = {
    ...(details === undefined ? {} : { details }),
    ...(engine === true ? { service: 'exchange' } : {}),
  };
  const body = { code, message, ...extra };
  return json(shape === 'flat' ? body : { error: body }, status);
}

export const notFound = (): VenueError => new VenueError({ status: 404, code: 'not_found' });
export const badParameter = (details: string): VenueError =>
  new VenueError({ status: 400, code: 'invalid_parameters', details });
export const wrongType = (name: string): VenueError =>
  new VenueError({
    status: 400,
    code: 'bad_request',
    shape: 'msg',
    details: `Invalid format for parameter ${name}`,
  });
export const unreadable = (details: string): VenueError =>
  new VenueError({ status: 400, code: 'bad_request', shape: 'flat', details });

export const unauthorized = (code: string, details?: string): VenueError =>
  new VenueError({ status: 401, code, ...(details === undefined ? {} : { details }) });

export const missingParameters = (details: string): VenueError =>
  new VenueError({ status: 400, code: 'missing_parameters', details });
export const invalidOrder = (details: string): VenueError =>
  new VenueError({ status: 400, code: 'invalid_order', details, engine: true });
export const insufficientBalance = (): VenueError =>
  new VenueError({ status: 400, code: 'insufficient_balance', engine: true });
export const orderExists = (): VenueError =>
  new VenueError({ status: 409, code: 'order_already_exists', engine: true });
export const killed = (): VenueError =>
  new VenueError({ status: 409, code: 'fill_or_kill_insufficient_resting_volume', engine: true });
export const tradingPaused = (): VenueError =>
  new VenueError({ status: 409, code: 'trading_is_paused', engine: true });
export const marketClosed = (): VenueError =>
  new VenueError({ status: 409, code: 'market_closed', engine: true });
export const tooManyRequests = (): VenueError => new VenueError({ status: 429, code: 'too_many_requests' });
