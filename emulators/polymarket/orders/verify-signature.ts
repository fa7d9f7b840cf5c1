import { utils } from 'ethers';
import type { Venue } from '../state.ts';
import { boundedSet } from '../../lib/bounded-collections.ts';
import { badRequest } from '../venue-error.ts';
import type { SignedOrder } from './parse-order.ts';
import { domainSeparator, structHash, wrappedDigest, type OrderDomain } from './typed-data.ts';

const MAX_CONTROLLERS = 20_000;
const EOA = 0;
const CONTRACT_WALLET = 3;

/** Hex digits of a 65-byte signature. */
const SIGNATURE_DIGITS = 130;

export interface SignatureCheck {
  readonly order: SignedOrder;
  readonly domain: OrderDomain;
  /** The order id. */
  readonly digest: string;
  /** Address behind the API key that posts the order. */
  readonly keyAddress: string;
}

/**
 * Who may trade for whom: type 0 only for itself; 1 and 2 for a wallet that this EOA controls;
 * 3 for a contract whose wrapped signature recovers to the controlling EOA. The emulator has no
 * chain to ask who controls a wallet, so the first EOA to sign for it is its controller.
 */
export function verifyOrderSignature(venue: Venue, check: SignatureCheck): void {
  const { order, keyAddress } = check;
  const contract = order.signatureType === CONTRACT_WALLET;
  const eoa = contract ? keyAddress : order.signer;
  if (!contract && !sameAddress(order.signer, keyAddress)) {
    throw badRequest('the order signer address has to be the address of the API KEY');
  }
  if (!sameAddress(recover(check), eoa)) throw badRequest('invalid signature');
  if (order.signatureType === EOA) {
    if (!sameAddress(order.maker, order.signer)) throw badRequest('invalid signature');
    return;
  }
  if (contract && !sameAddress(order.maker, order.signer)) throw badRequest('invalid signature');
  bindController(venue, order.maker, eoa);
}

function recover(check: SignatureCheck): string {
  const { order, digest } = check;
  try {
    return order.signatureType === CONTRACT_WALLET
      ? recoverWrapped(check)
      : utils.recoverAddress(digest, order.signature);
  } catch {
    throw badRequest('invalid signature');
  }
}

/** Layout: signature | domain separator | contents hash | type string | its length (2 bytes). */
function recoverWrapped({ order, domain }: SignatureCheck): string {
  const hex = order.signature.slice(2);
  const separator = `0x${hex.slice(SIGNATURE_DIGITS, SIGNATURE_DIGITS + 64)}`;
  const contents = `0x${hex.slice(SIGNATURE_DIGITS + 64, SIGNATURE_DIGITS + 128)}`;
  if (separator !== domainSeparator(domain) || contents !== structHash(order)) {
    throw badRequest('invalid signature');
  }
  return utils.recoverAddress(wrappedDigest(order, domain), `0x${hex.slice(0, SIGNATURE_DIGITS)}`);
}

function bindController(venue: Venue, wallet: string, eoa: string): void {
  const key = wallet.toLowerCase();
  const known = venue.controllers.get(key);
  if (known === undefined) {
    boundedSet(venue.controllers, key, eoa.toLowerCase(), MAX_CONTROLLERS);
  } else if (!sameAddress(known, eoa)) {
    throw badRequest('invalid signature');
  }
}

function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
