const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Whether a URL's host name is this machine, so that nobody on the way can read along. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.has(hostname.toLowerCase());
