import { beforeEach, expect, test } from 'vitest';
import { Member } from './member.ts';

const MEGABYTE = 'x'.repeat(1024 * 1024);

let sent: number;
let closed: number | undefined;
let pinged: Date | null;
let member: Member;

beforeEach(() => {
  sent = 0;
  closed = undefined;
  pinged = null;
  const socket = {
    send: () => {
      sent += 1;
    },
    close: (code: number) => {
      closed = code;
    },
    serializeAttachment: () => undefined,
  };
  member = new Member(
    socket,
    {
      id: 'a',
      channel: 'market',
      gate: undefined,
      wallet: undefined,
      account: undefined,
      markets: undefined,
      custom: false,
      mustSignInBy: undefined,
      followed: [],
      owner: undefined,
      books: [],
    },
    () => pinged,
  );
});

const sendMegabytes = (count: number): void => {
  for (let done = 0; done < count; done += 1) member.send(MEGABYTE);
};

test('a client that never gives a sign of life first lags, then is closed with 4008 and given up', () => {
  let givenUp = 0;
  member.onTooSlow = () => {
    givenUp += 1;
  };
  sendMegabytes(3);
  expect(member.lagging()).toBe(false);
  sendMegabytes(1);
  expect(member.lagging()).toBe(true);
  expect(closed).toBeUndefined();
  sendMegabytes(4);
  expect(closed).toBe(4008);
  expect(sent).toBe(7);
  expect(givenUp).toBe(1);
});

test('a PING, which the runtime answers by itself, renews the credit', () => {
  sendMegabytes(7);
  pinged = new Date(Date.now() + 1);
  sendMegabytes(7);
  expect(closed).toBeUndefined();
  expect(sent).toBe(14);
});

test('more than 60 frames in ten seconds are too many', () => {
  const heard = Array.from({ length: 61 }, () => member.hear());
  expect(heard.filter(Boolean)).toHaveLength(60);
});
