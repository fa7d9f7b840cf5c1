/**
 * What the venue answers on a refusal: `{error: text}` and a status. The texts are the venue's own
 * (docs.polymarket.com/resources/error-codes and issue reports on its clients).
 */
export class VenueError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'VenueError';
    this.status = status;
  }
}

export const badRequest = (text: string): VenueError => new VenueError(400, text);
export const notFound = (text: string): VenueError => new VenueError(404, text);
export const unauthorized = (): VenueError => new VenueError(401, 'Unauthorized/Invalid api key');
export const invalidL1 = (): VenueError => new VenueError(401, 'Invalid L1 Request headers');
export const noOrderbook = (): VenueError => notFound('No orderbook exists for the requested token id');
export const invalidPayload = (): VenueError => badRequest('Invalid payload');
export const invalidOrderPayload = (): VenueError => badRequest('Invalid order payload');

/** Every refusal of a well-formed order names the order. */
export function invalidOrder(orderId: string, reason: string): VenueError {
  return badRequest(`order ${orderId} is invalid. ${reason}`);
}
