import * as z from 'zod';
import { venueModules } from '../../credentials/venue-modules.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { isLiveVenue, type LiveVenue, type VenueName } from '../../../../shared/venues/venue-names.ts';
import {
  address,
  suppliedKalshi,
  suppliedPolymarket,
  invalid,
  polymarketMembers,
} from '../../credentials/supplied-credentials.ts';
import { headerText, type SuppliedCredential } from '../../credentials/supplied-credentials.ts';
import type { WalletKind } from '../../credentials/onboard-managed.ts';
import { exchangeNamed } from '../exchange-query.ts';

/**
 * Every member that an onboarding may have (contract: router, `POST /onboard`). Which of them go together depends on
 * exchange and mode: `planOf` says.
 */
export const onboardMembers = {
  // Its absence and its values have codes of their own.
  exchange: z.string().max(64).optional(),
  mode: z.enum(['self', 'managed']),
  wallet_type: z.enum(['eoa', 'safe']).optional(),
  eoa_address: address.optional(),
  chain_id: z.number().int().positive().optional(),
  ...polymarketMembers,
  api_key_id: headerText.optional(),
};
export const onboardInput = z.strictObject(onboardMembers);
export type OnboardInput = z.infer<typeof onboardInput>;

/** What an onboarding asks for. */
export type Plan =
  | { readonly exchange: 'polymarket'; readonly mode: 'managed'; readonly kind: WalletKind }
  | { readonly exchange: LiveVenue; readonly mode: 'self'; readonly given: SuppliedCredential };

const forKalshi = new Set(['api_key_id', 'private_key']);
const forManaged = new Set(['wallet_type', 'eoa_address', 'chain_id']);
const forPolymarket = new Set([...Object.keys(polymarketMembers), 'eoa_address']);

/** Throws what the request is refused with: a member that its exchange and mode do not take is one that would be dropped. */
export function planOf(input: OnboardInput, chainId: number): Plan {
  const exchange = linkable(input);
  if (input.mode === 'managed') {
    if (exchange !== 'polymarket')
      throw new RequestError('NOT_SUPPORTED', {
        message: `${venueModules[exchange].name} has no managed mode: use mode self`,
      });
    takeOnly(input, forManaged, 'mode managed');
    if (input.chain_id !== undefined && input.chain_id !== chainId)
      throw invalid('chain_id', `must be ${chainId}`);
    return { exchange, mode: 'managed', kind: kindOf(input) };
  }
  return { exchange, mode: 'self', given: ownCredential(exchange, input) };
}

/** The credential that mode self brings for an exchange. */
function ownCredential(exchange: LiveVenue, input: OnboardInput): SuppliedCredential {
  switch (exchange) {
    case 'polymarket':
      takeOnly(input, forPolymarket, 'mode self of polymarket');
      return suppliedPolymarket(input);
    case 'kalshi': {
      takeOnly(input, forKalshi, 'mode self of kalshi');
      const { api_key_id, private_key } = input;
      if (api_key_id === undefined) throw invalid('api_key_id', 'is missing');
      if (!private_key) throw invalid('private_key', 'is missing');
      return suppliedKalshi({ api_key_id, private_key });
    }
    default:
      return exchange satisfies never;
  }
}

/** The exchange named, if it is one that accounts are linked with. */
export function linkable(input: { readonly exchange?: string | undefined }): LiveVenue {
  const exchange: VenueName = exchangeNamed(input);
  if (isLiveVenue(exchange)) return exchange;
  const why = exchange === 'paper' ? 'needs no onboarding' : 'is data only: there is nothing to onboard';
  throw new RequestError('NOT_SUPPORTED', { message: `${exchange} ${why}` });
}

function kindOf({ wallet_type = 'eoa', eoa_address: owner }: OnboardInput): WalletKind {
  if (wallet_type === 'safe') {
    if (owner === undefined) throw invalid('eoa_address', 'is missing: the wallet that the Safe is for');
    return { type: 'safe', owner };
  }
  if (owner !== undefined)
    throw invalid('eoa_address', 'goes with wallet_type safe: an eoa wallet is made here');
  return { type: 'eoa' };
}

function takeOnly(input: OnboardInput, taken: ReadonlySet<string>, what: string): void {
  const strange = Object.entries(input).find(
    ([name, value]) =>
      value !== undefined &&
      name in onboardMembers &&
      !['exchange', 'mode'].includes(name) &&
      !taken.has(name),
  );
  if (strange) throw invalid(strange[0], `does not go with ${what}`);
}

export const onboardReply = z.object({
  exchange: z.string(),
  mode: z.enum(['self', 'managed']),
  status: z.enum(['complete', 'already_linked']),
  eoa_address: z.string().nullable(),
  safe_address: z.string().nullable(),
  linked_exchanges: z.array(z.string()),
  steps_completed: z.array(z.string()),
});
