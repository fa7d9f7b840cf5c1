import * as z from 'zod';
import { proveClobKey, readCollateral } from '../../../shared/venues/polymarket/account/clob-key.ts';
import { clobVenue } from './clob-venue.ts';
import { readMembers } from './header-members.ts';
import {
  invalid,
  polymarketMembers,
  suppliedPolymarket,
  type SuppliedPolymarket,
} from './supplied-credentials.ts';
import { clobWallet } from './vault-signers.ts';
import type { Supplied, VenueModule } from './venue-module.ts';

const shape = z.strictObject(polymarketMembers);

const own = (given: Supplied): SuppliedPolymarket | undefined =>
  given?.venue === 'polymarket' ? given : undefined;

export const polymarketModule: VenueModule = {
  name: 'Polymarket',
  currency: 'USDC',
  fillsNeedOrderTerms: false,
  fromHeader(value) {
    const wire = readMembers(shape, value);
    if (!wire.private_key) throw invalid('private_key', 'is missing');
    return suppliedPolymarket(wire);
  },
  async readCash(access, env, given) {
    const session = await clobWallet(access, clobVenue(env), own(given));
    if (!session.ok) return session;
    const { signer, view } = session.value;
    return readCollateral(env.POLYMARKET_CLOB_URL, signer, view.signatureType ?? 0);
  },
  async prove(access, env, given) {
    const session = await clobWallet(access, clobVenue(env), own(given));
    return session.ok ? proveClobKey(env.POLYMARKET_CLOB_URL, session.value.signer) : session;
  },
};
