/** The account that a tenant itself trades with. */
export const tenantAccountId = (tenant: string): string => `acct_${tenant}`;

/** The trading account of a partner's account. Ids are random and never given again. */
export const partnerAccountId = (tenant: string, account: string): string =>
  `${tenantAccountId(tenant)}_p${account}`;

/** The account of a customer. Ids are never given again, so it never belongs to another. */
export const customerAccountId = (tenant: string, customer: string): string =>
  `${tenantAccountId(tenant)}_c${customer}`;

/** The customer whose account of the tenant this is; null for any other account. */
export function customerOfAccount(tenant: string, account: string): string | null {
  const prefix = customerAccountId(tenant, '');
  return account.startsWith(prefix) ? account.slice(prefix.length) : null;
}

/** The account of a wallet. Ids are never given again, so it never belongs to another wallet. */
export const walletAccountId = (tenant: string, wallet: number): string =>
  `${tenantAccountId(tenant)}_w${wallet}`;
