import type { Reply } from '../http/route.ts';
import { failure, toWireError } from '../http/errors.ts';

/** A plain GET: 426 says which protocol to speak. Same body as 405, which is what it amounts to. */
export function upgradeHint(headers: Headers, pathname: string, requestId: string): Reply {
  const known = failure('METHOD_NOT_ALLOWED', {
    message: 'This is a websocket: connect with ws:// or wss:// (Upgrade: websocket)',
  });
  const wire = toWireError(known, pathname, requestId, headers);
  // The runtime owns the Upgrade and Connection headers; a reply cannot set them.
  return { status: 426, body: wire.body, headers: wire.headers };
}

export const isUpgrade = (request: Request): boolean =>
  request.headers.get('upgrade')?.toLowerCase() === 'websocket';
