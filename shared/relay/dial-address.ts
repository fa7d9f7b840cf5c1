/** Where the gateway hands a relay's socket over, and the parameter with the id of the relay's token. */
export const DIAL_PATH = '/relay';

export const TOKEN_ID = 'token';
