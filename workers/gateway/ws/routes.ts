import * as z from 'zod';
import { CLOSE } from '../../../shared/websockets/close-codes.ts';
import { WALLET_NUMBER } from '../../../durable-objects/rpc/resolve-wallet-account.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import { findCredential } from '../auth/find-credential.ts';
import { RequestError } from '../http/errors.ts';
import { requestedWallet } from '../context/caller.ts';
import { walletHeader } from '../http/request-headers.ts';
import { route, type AnyRoute, type AuthRule } from '../http/route.ts';
import { verifyWsToken } from '../sockets/ws-token.ts';
import { closedSocket, openHubSocket } from '../sockets/hub-socket.ts';
import type { Channel } from '../../../durable-objects/socket-hub/api.ts';
import { upgradeHint, isUpgrade } from '../sockets/upgrade.ts';

interface ChannelSpec {
  readonly channel: Channel;
  readonly summary: string;
  /** `open` where a token is needed anyway; `public` is counted on the caller's address or key. */
  readonly auth: AuthRule & { readonly kind: 'open' | 'public' };
  readonly needsToken: boolean;
  /** Shows an account: a token or key says which. */
  readonly ofAccount: boolean;
}

/** Longer than any token of ours. */
const token = z.string().max(2_048).optional();

/** One websocket channel (docs/websockets.md). */
function channelRoute({ channel, summary, auth, needsToken, ofAccount }: ChannelSpec): AnyRoute {
  return route({
    method: 'GET',
    path: `/v1/ws/${channel}`,
    summary,
    tag: 'websockets',
    auth,
    query: z.object({ token }),
    ...(ofAccount && { headers: [walletHeader] }),
    reply: { status: 101, schema: z.null() },
    async handle(call) {
      const { env, request, query, requestId } = call;
      if (!isUpgrade(request)) return upgradeHint(request.headers, '/v1/ws', requestId);
      // Only channels of an account have a wallet to show.
      const named = ofAccount ? walletOf(call) : undefined;
      if (named === null) return closedSocket(CLOSE.badToken, 'WALLET_NOT_FOUND');
      if (query.token === undefined) {
        if (needsToken) return closedSocket(CLOSE.badToken, 'token missing: POST /v1/keys/ws-token');
        const gate = await gateOfHeaders(request.headers);
        return openHubSocket(env, { channel, gate, ofAccount, wallet: named });
      }
      const proof = await verifyWsToken(query.token, env);
      if (proof === undefined) return closedSocket(CLOSE.badToken, 'bad or expired token');
      // A token that was made for a wallet opens that wallet only.
      const wallet = proof.wallet ?? named;
      if ((named ?? wallet) !== wallet)
        return closedSocket(CLOSE.badToken, 'the token is for another wallet');
      return openHubSocket(env, { channel, gate: proof.gate, ofAccount, wallet });
    },
  });
}

/** The wallet that the request names; null for a name that is no wallet's. Throws when it names two. */
function walletOf(call: Parameters<typeof requestedWallet>[0]): string | undefined | null {
  try {
    const named = requestedWallet(call);
    return named === undefined || WALLET_NUMBER.test(named) ? named : null;
  } catch (error) {
    if (error instanceof RequestError && error.failure.reason === 'WALLET_NOT_FOUND') return null;
    throw error;
  }
}

/** A gateway key in a header counts the socket for that key; the pipeline has verified it. */
async function gateOfHeaders(headers: Headers): Promise<string | undefined> {
  const credential = findCredential(headers);
  return credential.kind === 'key' ? sha256Hex(credential.key) : undefined;
}

/** The router's websocket: whoever opens it says who it is in its first frame. */
const routerRoute = route({
  method: 'GET',
  path: '/ws',
  summary: "Websocket: order books and trades in the router's frames",
  tag: 'websockets',
  auth: { kind: 'public' },
  reply: { status: 101, schema: z.null() },
  handle: ({ env, request, requestId }) =>
    isUpgrade(request)
      ? openHubSocket(env, { channel: 'router', gate: undefined, ofAccount: false, wallet: undefined })
      : upgradeHint(request.headers, '/ws', requestId),
});

export const wsRoutes: readonly AnyRoute[] = [
  routerRoute,
  channelRoute({
    channel: 'market',
    summary: "Websocket: order books in Polymarket's frames",
    auth: { kind: 'public' },
    needsToken: false,
    ofAccount: false,
  }),
  channelRoute({
    channel: 'prices',
    summary: 'Websocket: best prices of up to 50 markets',
    auth: { kind: 'open' },
    needsToken: true,
    ofAccount: false,
  }),
  channelRoute({
    channel: 'executions',
    summary: 'Websocket: own fills',
    auth: { kind: 'open' },
    needsToken: true,
    ofAccount: true,
  }),
  channelRoute({
    channel: 'user',
    summary: "Websocket: own orders and trades in Polymarket's frames",
    auth: { kind: 'public' },
    needsToken: false,
    ofAccount: true,
  }),
];
