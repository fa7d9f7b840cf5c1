import type { CommandIdentity } from '../../../durable-objects/trading-account/api.ts';

/**
 * The names of one order of a request that has several, by its place in the request. By its place among those that are
 * sent it would have another's names as soon as one before it, which had been refused, is not refused any more: said
 * again, the request would then place its last order a second time. The first goes by the request's own names; no
 * caller's key has a quote in it, so the others' are theirs alone.
 */
export const entryIdentity = (commandIdentity: CommandIdentity, place: number): CommandIdentity =>
  place === 0
    ? commandIdentity
    : {
        ...commandIdentity,
        fingerprint: `${commandIdentity.fingerprint} ${place}`,
        ...(commandIdentity.key !== undefined && { key: `${commandIdentity.key}"${place}` }),
      };
