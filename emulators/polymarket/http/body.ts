import type { IncomingMessage } from 'node:http';
import { VenueError } from '../venue-error.ts';

const MAX_BODY_BYTES = 1_048_576;

/** The request body as text, exactly as sent. @throws 413 past one megabyte. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new VenueError(413, 'Payload exceeds the limit');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
