import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { controlVenue } from '../../support/control.ts';
import { ask, textOf, type Answer } from './ask.ts';
import { newTrader, type Trader } from './trader.ts';

/** A desk of a test's own: a user with a firm at the exchange, and a tenant that may act as one. */
export interface DeskStage {
  readonly trader: Trader;
  readonly key: string;
  readonly username: string;
  readonly password: string;
  /** As the exchange names it. */
  readonly account: string;
  /** `POST /api/v1beta1/<rpc>`. */
  readonly post: (rpc: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
}

export const EXCHANGE_SYMBOL = 'aec-nfl-kc-buf-w1';

/** The exchange emulator's control API. */
export const controlExchange = (file: PosternFile, path: string, body: object): Promise<void> =>
  controlVenue(file, path, { ...body }, 'POST', 'exchange');

export async function newDesk(file: PosternFile, login = true): Promise<DeskStage> {
  const id = randomUUID().slice(0, 8);
  const [firm, username, password] = [`Firm${id}`, `trader-${id}`, 'Local-exchange-1'];
  await controlExchange(file, 'user', { name: username, firm, accounts: ['main'], password });
  const trader = await newTrader(file, { roles: ['trader', 'desk'] });
  const key = trader.keys[0] ?? '';
  const desk: DeskStage = {
    trader,
    key,
    username,
    password,
    account: `firms/${firm}/accounts/main`,
    post: (rpc, body = {}, headers = {}) => trader.call('POST', `/api/v1beta1/${rpc}`, body, headers),
  };
  if (login) {
    const body = { username, password, store: true };
    const answer = await trader.call('POST', '/auth/v1beta1/login', body);
    expect(answer.status, answer.text).toBe(200);
  }
  return desk;
}

export const exchangeOrder = (members: object = {}): Record<string, unknown> => ({
  type: 'ORDER_TYPE_LIMIT',
  side: 'SIDE_BUY',
  symbol: EXCHANGE_SYMBOL,
  order_qty: '10',
  price: '100',
  time_in_force: 'TIME_IN_FORCE_GOOD_TILL_CANCEL',
  ...members,
});

/** The exchange itself, asked with the user's own token, past the gateway. */
export async function directLogin(file: PosternFile, desk: DeskStage): Promise<string> {
  const { username, password } = desk;
  const answer = await ask(file.emulators.exchange ?? '', 'POST', '/auth/v1beta1/login', {
    body: { username, password },
  });
  return textOf(answer, 'accessToken');
}
