import { signL2 } from '../../keys/l2-triple.ts';
import { requestBody, requestMethod, requestPath, unixSeconds } from '../checks.ts';
import { SigningFault } from '../signing-fault.ts';
import { revealed, type SecretText } from '../secret.ts';

/** What L2 and builder signatures are made over. */
export interface TimedRequest {
  readonly method: string;
  /** As it is sent, without the query. */
  readonly path: string;
  /** The exact text that is sent; none when absent. */
  readonly body?: string | undefined;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** Polymarket's secrets are 32 bytes (44 characters); this is room for a longer hash's block. */
const MAX_SECRET = 256;

/**
 * base64url(HMAC-SHA-256(base64decode(secret), timestamp + METHOD + path + body)), padding kept (contract:
 * venues, "L2"). The secret may be in either base64 alphabet, padded or not. Rejects with SigningFault.
 */
export async function hmacSignature(secret: SecretText, request: TimedRequest): Promise<string> {
  const timestamp = unixSeconds(request.timestamp);
  const method = requestMethod(request.method);
  const message = `${timestamp}${method}${requestPath(request.path)}${requestBody(request.body)}`;
  return signL2(readSecret(secret), message);
}

function readSecret(secret: SecretText): string {
  const text = revealed(secret);
  const valid =
    typeof text === 'string' &&
    text.length <= MAX_SECRET &&
    /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) &&
    isWholeBase64(text);
  if (!valid)
    throw new SigningFault('secret', `is not base64 or base64url of at most ${MAX_SECRET} characters`);
  return text;
}

/** Padding either fills the last group of four or is left out; one lone character carries no byte. */
function isWholeBase64(text: string): boolean {
  const digits = text.replace(/=+$/, '').length;
  return digits % 4 !== 1 && (text.length === digits || text.length % 4 === 0);
}
