import { expect, test } from 'vitest';
import { ExchangeStream } from './exchange-stream.ts';

test('a credential that comes after the channel was closed ends the stream, not the relay', () => {
  const downs: string[] = [];
  const stream = new ExchangeStream(
    'orders',
    {
      channel: {
        open: () => {
          throw new Error('Channel has been shut down');
        },
        close: () => undefined,
      },
      silenceMs: 1_000,
      quietMs: 1_000,
      backoff: () => 1_000,
      credential: () => ({ access_token: 'test', expires_at: 1, desk: 'test/local' }),
      refuseCredential: () => undefined,
    },
    {
      request: () => ({}),
      live: () => undefined,
      message: () => undefined,
      refused: () => undefined,
      down: (reason) => downs.push(reason),
    },
  );
  stream.renew();
  stream.renew();
  expect(downs).toEqual(['Error: Channel has been shut down']);
});
