/** What a key may do (contract: errors and limits, "Credentials of /v1"). */
export const permissions = [
  'read',
  'trade',
  'credentials',
  'credentials:export',
  'builder',
  'desk',
  'users:write',
  'accounts:write',
  'accounts:read',
] as const;
export type Permission = (typeof permissions)[number];

/** Roles an operator enables on a tenant, several at once. */
export const roles = ['trader', 'builder', 'partner', 'desk'] as const;
export type Role = (typeof roles)[number];

/** Permissions a role opens beyond `read` and `trade`. */
const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  trader: ['credentials'],
  builder: ['builder', 'credentials'],
  partner: ['users:write', 'accounts:write', 'accounts:read'],
  desk: ['desk', 'credentials'],
};

/** What only an operator puts on a key. */
export const operatorPermissions: readonly Permission[] = ['credentials:export'];

/** The most that a key of a tenant with these roles may carry, besides what only an operator puts there. */
export function grantablePermissions(roleList: readonly Role[]): ReadonlySet<Permission> {
  return new Set<Permission>(['read', 'trade', ...roleList.flatMap((role) => rolePermissions[role])]);
}

/** Those of a key's permissions that the roles of its tenant still open, or that an operator put there. */
export function permissionsUnderRoles(
  roleList: readonly Role[],
  list: readonly Permission[],
): readonly Permission[] {
  const open = grantablePermissions(roleList);
  return list.filter((permission) => open.has(permission) || operatorPermissions.includes(permission));
}
