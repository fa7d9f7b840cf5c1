import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { TenantRecords } from '../tenant-records.ts';

/** For a tenant that is not enabled as partner (any more) there is nothing here, whatever its keys say. */
export const notPartner = ({ profile }: TenantRecords): Failure | undefined =>
  profile?.roles.includes('partner') === true ? undefined : failure('NOT_FOUND');

/** An id that the tenant does not have, whoever else may have it. */
export const noSuch = (what: 'User' | 'Account'): Failure =>
  failure('NOT_FOUND', { message: `${what} not found` });
