/**
 * Bodies of replies that others make: read to their end, but never into more memory than was granted. What is counted is
 * what comes out of the decompressor, which turns a few kilobytes into gigabytes where somebody means it.
 */

/** @throws RangeError past the limit. */
export async function readText(response: Response, limit: number): Promise<string> {
  // Said beforehand and not packed: the runtime holds a reply to its length, and reads it faster than we do.
  const said = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  if (said !== null && Number(said) <= limit) return response.text();
  return new TextDecoder().decode(await readBytes(response, limit));
}

/** @throws RangeError past the limit. */
export async function readBytes(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
  for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
    size += chunk.value.byteLength;
    if (size > limit) {
      await reader?.cancel();
      throw new RangeError('the reply is too long');
    }
    chunks.push(chunk.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
