import { toAgentsError } from '../../../shared/errors/agents-mapper.ts';
import type { Failure } from '../../../shared/errors/failure.ts';
import { toExchangeError } from '../../../shared/errors/exchange-mapper.ts';
import { toPartnerError } from '../../../shared/errors/partner-mapper.ts';
import { toRouterError } from '../../../shared/errors/router-mapper.ts';
import { toV1Error } from '../../../shared/errors/v1-mapper.ts';
import type { WireError } from '../../../shared/errors/wire-error.ts';

/** Wire contracts that differ in the shape of their errors (contract: errors and limits, "Bodies"). */
export type ErrorShape = 'v1' | 'router' | 'partner' | 'exchange' | 'agents';

/** Where agents' routes are; `/v1/positions` has one of theirs. */
const agentsFolders = ['/v1/sessions', '/v1/platforms', '/v1/positions'];

/** The contract that a path belongs to, whether a route answers there or not. */
export function errorShapeOf(pathname: string): ErrorShape {
  if (/^\/(?:api|auth)\/v1beta1(?:\/|$)/.test(pathname)) return 'exchange';
  // The router's websocket stands at the origin's root, where its clients look for it.
  if (pathname === '/ws' || isUnder(pathname, '/api/v1')) return 'router';
  if (agentsFolders.some((folder) => isUnder(pathname, folder))) return 'agents';
  return isUnder(pathname, '/v1/partner') ? 'partner' : 'v1';
}

const isUnder = (pathname: string, folder: string): boolean =>
  pathname === folder || pathname.startsWith(`${folder}/`);

/** A failure in the words of the surface that a path belongs to. */
export function toWireError(
  failure: Failure,
  pathname: string,
  requestId: string,
  headers: Headers,
): WireError {
  const shape = errorShapeOf(pathname);
  switch (shape) {
    case 'exchange':
      return toExchangeError(failure);
    case 'router':
      return toRouterError(failure);
    case 'agents':
      return toAgentsError(failure);
    case 'partner':
      return toPartnerError(failure);
    case 'v1':
      return toV1Error(failure, requestId, headers.get('x-polysim-verbose') === 'true');
    default:
      return shape satisfies never;
  }
}
