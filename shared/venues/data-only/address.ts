import { invalidMember } from '../../errors/failure.ts';
import type { Found } from '../port.ts';

/** An address goes into a path or a query: nothing but 20 bytes in hex is let through. */
export const addressOf = (text: string): Found<string> =>
  /^0x[0-9a-fA-F]{40}$/.test(text)
    ? { ok: true, value: text }
    : invalidMember('address', 'is no address: 0x and 40 hex digits');
