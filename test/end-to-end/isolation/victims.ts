import { USERS } from '../support/builder.ts';
import { escrowStage, FEE, feeAuth, HUNDRED, settles } from '../support/escrow-stage.ts';
import type { IdKind } from './ids.ts';
import type { Headers, IsolationStage } from './stage.ts';

/** Whose objects are asked for. */
export interface Victim {
  readonly kind: string;
  readonly ids: Readonly<Partial<Record<IdKind, string>>>;
  /** All that it has, as it and the operator read it. */
  readonly state: () => Promise<readonly string[]>;
  /** What was done with its credentials. Reading some of the state is among it. */
  readonly audit: () => Promise<string>;
}

/** One of each kind, each with objects whose numbers no asker has. */
export async function victimsOn(
  stage: IsolationStage,
): Promise<{ readonly victims: readonly Victim[]; readonly builder: Headers }> {
  const trader = await stage.tenant({ roles: ['trader'] });
  const builder = await stage.tenant({ roles: ['trader', 'builder'] });
  const owner = await stage.tenant({ roles: ['trader'] });
  const free = await stage.tenant({ tier: 'free', roles: ['trader'] });
  const partner = await stage.tenant({ roles: ['trader', 'partner'] });
  const traded = await stage.trader(partner.headers);
  await stage.orders(trader.headers, 2);
  const customer = await stage.customer(builder.headers);
  const customersKey = { 'x-api-key': customer.key };
  const [agent, customersAgent] = [await stage.agent(trader.headers), await stage.agent(customersKey)];
  const onboarding = { exchange: 'polymarket', mode: 'managed' };
  for (const headers of [customersKey, trader.headers])
    await stage.good('POST', '/api/v1/onboard', { headers, body: onboarding });
  for (const name of ['one', 'two'])
    await stage.good('POST', '/v1/me/wallets', { headers: owner.headers, body: { name } });
  const wallet = { ...owner.headers, 'x-postern-wallet': '2' };
  const ofTenant = ({ tenant, keyId }: { readonly tenant: string; readonly keyId: string }) => ({
    key: keyId,
    tenant,
    account: `acct_${tenant}`,
  });
  const own = ['/v1/keys', '/v1/me', '/v1/orders?limit=200', '/v1/account/balance'];
  const victims: Victim[] = [
    {
      kind: 'trader',
      ids: { ...ofTenant(trader), ...(await stage.orders(trader.headers, 1)), ...agent },
      ...readsOf(stage, trader.tenant, { ...trader.headers, 'x-session-id': agent.session }, [
        ...own,
        '/api/v1/wallet',
        `/v1/sessions/${agent.session}`,
        '/v1/sessions/suggestions?status=all',
      ]),
    },
    {
      kind: 'builder',
      ids: {
        ...ofTenant(builder),
        ...(await stage.orders(builder.headers, 3)),
        customer: customer.id,
        external_id: customer.externalId,
      },
      ...readsOf(stage, builder.tenant, builder.headers, [...own, USERS, `${USERS}/${customer.id}`]),
    },
    {
      kind: 'customer',
      ids: {
        ...(await stage.orders(customersKey, 3)),
        ...customersAgent,
        key: customer.keyId,
        customer: customer.id,
      },
      ...readsOf(
        stage,
        builder.tenant,
        customersKey,
        [...own.slice(2), '/api/v1/wallet'],
        `acct_${builder.tenant}_c${customer.id}`,
      ),
    },
    {
      kind: 'owner of sandbox wallets',
      ids: { ...ofTenant(owner), ...(await stage.orders(wallet, 3)), wallet: '2' },
      ...readsOf(stage, owner.tenant, wallet, [...own, '/v1/me/wallets', '/v1/me/wallets/2']),
    },
    {
      kind: 'partner',
      ids: {
        ...ofTenant(partner),
        ...(await stage.orders(await stage.session(partner.headers, traded), 4)),
        wallet: traded.wallet,
        trader_user: traded.user,
        partner_account: traded.account,
        external_id: traded.external,
      },
      ...readsOf(stage, partner.tenant, partner.headers, [
        ...own,
        '/v1/partner/users',
        '/v1/partner/accounts',
        `/v1/partner/accounts/${traded.account}`,
      ]),
    },
    { kind: 'free key', ids: ofTenant(free), ...readsOf(stage, free.tenant, free.headers, own) },
  ];
  victims.push(await escrowVictim(stage));
  return { victims, builder: builder.headers };
}

/** A builder one of whose customers has paid a fee, all of which has gone where it belongs. */
async function escrowVictim(stage: IsolationStage): Promise<Victim> {
  const escrow = await escrowStage(stage.file, 4);
  await escrow.market.book([['0.30', '5000']], [['0.50', '5000']]);
  const fee_auth = await feeAuth(escrow);
  await escrow.place({ ...HUNDRED, fee_auth });
  await settles(escrow, fee_auth.order_id, ['distributed', FEE, FEE, 0, 0]);
  const { tenant, keys } = escrow.builder;
  const path = `/api/v1/builder/escrow/orders/${fee_auth.order_id}`;
  const headers = { 'x-api-key': keys[0] ?? '' };
  return {
    kind: 'builder with fee escrow',
    ids: { escrow: fee_auth.order_id },
    ...readsOf(stage, tenant, headers, [path, '/api/v1/builder/escrow/config']),
  };
}

function readsOf(
  stage: IsolationStage,
  tenant: string,
  headers: Headers,
  paths: readonly string[],
  account = `acct_${tenant}`,
): Pick<Victim, 'state' | 'audit'> {
  const operator = { authorization: `Bearer ${stage.file.adminToken}` };
  const admin = `/admin/v1/tenants/${tenant}`;
  return {
    state: async () => {
      const told = [await stage.good('GET', admin, { headers: operator })];
      for (const path of paths) told.push(await stage.good('GET', path, { headers }));
      return told.map(({ text }) => text.replaceAll(/"(?:last_used|updated)_at":"[^"]*"/g, ''));
    },
    audit: async () => {
      const path = `${admin}/vault/audit?account=${account}`;
      return (await stage.good('GET', path, { headers: operator })).text;
    },
  };
}
