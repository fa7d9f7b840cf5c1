/** Where a test has a connector abort itself, as the runtime does with an object that broke: only instrumented builds. */
export const ABORT = 'https://desk/__test/abort';
