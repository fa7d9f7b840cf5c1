import * as z from 'zod';

/** Atoms of RFC 5322 and a domain: whatever could end a header or a command of SMTP is not among them. */
export const email = z
  .string()
  .trim()
  .toLowerCase()
  .min(3)
  .max(320)
  .regex(/^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9][a-z0-9.-]*$/, 'must be an email address');

/** Times have microseconds and a numeric zone, as the seed's replies do; ours end in three zeros. */
export const wireTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000+00:00');
