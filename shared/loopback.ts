const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?)$/i;

/** Whether a URL's host name is this machine, so that nobody on the way can read along. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);
