import type { Credential } from '../../shared/vault/credential.ts';
import type { StoredView } from '../../shared/vault/port.ts';
import type { Scope } from '../../shared/vault/request.ts';
import { viewOf } from './credentials.ts';
import type { Place } from './envelope/envelope.ts';
import type { StoredCredential } from './envelope/credential-store.ts';

type Row = Pick<StoredCredential, 'venue' | 'id' | 'version' | 'createdAt' | 'updatedAt'>;

/** Whether a credential is the one that was seen before; null stands for none. */
export const isSame = (seen: Pick<Row, 'id' | 'version'> | null, now: Row | undefined): boolean =>
  seen === null ? now === undefined : now?.id === seen.id && now.version === seen.version;

/** What a stored credential is bound to. */
export const placeOf = (
  { tenant, account }: Scope,
  { venue, id, version }: Pick<Row, 'venue' | 'id' | 'version'>,
): Place => ({ tenant, account, venue, credential: id, version });

/** What is known of a record that does not open. */
export const storedRow = ({ venue, id, version, createdAt, updatedAt }: Row): Row => ({
  venue,
  id,
  version,
  createdAt,
  updatedAt,
});

export const storedView = (row: Row, credential: Credential): StoredView => ({
  ...storedRow(row),
  ...viewOf(credential),
  state: 'ready',
});

export const walletView = (credential: StoredView, created: boolean) => ({
  created,
  credential,
  address: credential.address ?? '',
});
