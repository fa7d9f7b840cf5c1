/** Which generation of the exchange's API is spoken: the only place that knows the difference, with `rest/`. */
export type Dialect = 'v1beta1' | 'v1';

/** The package of its services. */
export const packageOf: Readonly<Record<Dialect, string>> = {
  v1beta1: 'connamara.ep3.v1beta1',
  v1: 'polymarket.v1',
};

/** What says who we are, on REST and as gRPC metadata. */
export function authHeaders(
  dialect: Dialect,
  credential: { readonly access_token: string; readonly participant?: string | undefined },
): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${credential.access_token}`,
    ...(dialect === 'v1' && credential.participant !== undefined
      ? { 'x-participant-id': credential.participant }
      : {}),
  };
}
