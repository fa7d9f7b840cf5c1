import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { PlaceOutcome, PreparedOrder } from '../port.ts';
import { asMicro } from '../../money/fixed.ts';
import { KALSHI_PROBE } from '../kalshi/api.ts';
import { placeReplies } from '../kalshi/command-replies.ts';
import { VenueEndpoint } from '../http/endpoint.ts';
import { sendOnce } from './send-once.ts';

/** A route that no other test sends to, so that faults meet this one only. */
const PATH = '/portfolio/events/orders/of-this-test';

function prepared(baseUrl: string): PreparedOrder {
  return {
    venue: 'kalshi',
    kind: 'place',
    request: { method: 'POST', url: `${baseUrl}${PATH}`, headers: {}, body: '{}' },
    dedupe: { kind: 'client-order-id', value: 'test' },
    terms: {
      marketId: 'KX',
      outcome: 'Yes',
      side: 'BUY',
      price: asMicro(500_000n),
      size: asMicro(1_000_000n),
      type: 'gtc',
      postOnly: false,
    },
  };
}

const send = (line: VenueEndpoint): Promise<PlaceOutcome> => {
  const order = prepared(line.baseUrl);
  return sendOnce<PlaceOutcome>(line, order, placeReplies(order));
};

const arm = (fault: object) =>
  fetch(`${env.KALSHI_URL}/__control/faults`, {
    method: 'POST',
    body: JSON.stringify({ method: 'POST', path: PATH, ...fault }),
  });

test('in workerd, connections that break are unknown, and a venue that never answered was sent nothing', async () => {
  const baseUrl = env.KALSHI_URL ?? '';
  const newLine = (url = baseUrl) => new VenueEndpoint({ baseUrl: url, probe: KALSHI_PROBE });
  for (const kind of ['drop_before', 'drop_after', 'malformed']) {
    await arm({ kind });
    expect([kind, await send(newLine())]).toEqual([kind, { tag: 'unknown' }]);
  }
  expect(await send(newLine())).toMatchObject({ tag: 'refused' });
  await arm({ kind: 'status', status: 429 });
  expect(await send(newLine())).toEqual({ tag: 'rate-limited', retryAfter: 1 });
  // Nobody listens on the discard port of the loopback interface.
  expect(await send(newLine('http://127.0.0.1:9'))).toEqual({ tag: 'not-sent' });
});
