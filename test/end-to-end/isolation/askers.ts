import { randomUUID } from 'node:crypto';
import type { Headers, IsolationStage } from './stage.ts';
import { localToken } from '../support/local-token.ts';

/** Who asks for what is not its own. */
export interface Asker {
  readonly kind: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One of each kind, each with an account of its own; the customer is a neighbour of the one that is asked for. */
export async function askersOn(stage: IsolationStage, victimsBuilder: Headers): Promise<readonly Asker[]> {
  const trader = await stage.tenant({ roles: ['trader'] });
  const builder = await stage.tenant({ roles: ['trader', 'builder'] });
  const owner = await stage.tenant({ roles: ['trader'] });
  const free = await stage.tenant({ tier: 'free', roles: ['trader'] });
  const actor = await stage.tenant({ roles: ['trader', 'builder'] });
  const partner = await stage.tenant({ roles: ['trader', 'partner'] });
  const own = await stage.trader(partner.headers);
  stage.partnersUser = Number(own.user);
  const session = await stage.session(partner.headers, own);
  const pretender = await stage.tenant({});
  const subject = randomUUID();
  await stage.tenant({ owner: subject });
  const [neighbour, other] = [await stage.customer(victimsBuilder), await stage.customer(actor.headers)];
  await stage.good('POST', '/v1/me/wallets', { headers: owner.headers, body: {} });
  for (const { headers } of [trader, builder, owner, partner]) await stage.orders(headers, 1);
  // Good for longer than the clock is moved.
  const token = await localToken(stage.program.home, { subject, expiresIn: 86_400 });
  return [
    { kind: 'trader', headers: trader.headers },
    { kind: 'builder', headers: builder.headers },
    {
      kind: 'builder as its customer',
      headers: { ...actor.headers, 'x-builder-customer-id': other.id },
    },
    { kind: 'customer', headers: { 'x-api-key': neighbour.key } },
    { kind: 'owner of sandbox wallets', headers: owner.headers },
    { kind: 'partner', headers: partner.headers },
    { kind: "trader's session", headers: session },
    { kind: 'free key', headers: free.headers },
    { kind: 'user token', headers: { authorization: `Bearer ${token}` } },
    { kind: 'key in place of the operator', headers: { authorization: `Bearer ${pretender.key}` } },
    { kind: 'nobody', headers: {} },
  ];
}
