import { createRequire } from 'node:module';

/** Path of the workerd that wrangler brings. The package has no types: it exports one string. */
export const workerdBinary = (createRequire(import.meta.url)('workerd') as { readonly default: string })
  .default;
