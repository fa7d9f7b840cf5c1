import * as z from 'zod';
import { readKalshiBalance } from '../../../shared/venues/kalshi/credential-check.ts';
import type { Env } from '../env.ts';
import { readMembers } from './header-members.ts';
import { kalshiMembers, suppliedKalshi, type SuppliedKalshi } from './supplied-credentials.ts';
import type { VaultAccess } from './vault-access.ts';
import { kalshiSigner } from './vault-signers.ts';
import type { Supplied, VenueModule } from './venue-module.ts';

const shape = z.strictObject(kalshiMembers);

const own = (given: Supplied): SuppliedKalshi | undefined => (given?.venue === 'kalshi' ? given : undefined);

const readBalance = (access: VaultAccess, env: Env, given: Supplied) =>
  readKalshiBalance(env.KALSHI_URL, kalshiSigner(access, own(given)));

export const kalshiModule: VenueModule = {
  name: 'Kalshi',
  currency: 'USD',
  fillsNeedOrderTerms: true,
  fromHeader: (value) => suppliedKalshi(readMembers(shape, value)),
  readCash: readBalance,
  prove: readBalance,
};
