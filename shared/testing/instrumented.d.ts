/**
 * Whether this build has fault points and a clock that tests set. Defined when a bundle is made: false by the
 * wrangler files, true only for what stands under `dist/instrumented/`. It is named where it is used, and not
 * exported from a module, because only then does the bundler leave out what production never calls.
 */
declare const INSTRUMENTED: boolean;
