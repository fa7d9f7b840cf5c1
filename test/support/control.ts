import type { PosternFile } from '../../scripts/lib/launch.ts';

/** A call of the running program's Polymarket emulator: `resolve`, `close`, `faults` and the like. */
export async function controlVenue(
  file: PosternFile,
  path: string,
  body: Readonly<Record<string, unknown>>,
  method: 'POST' | 'DELETE' = 'POST',
): Promise<void> {
  const response = await fetch(`${file.emulators.polymarket}/__control/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the emulator refused ${path}: ${await response.text()}`);
}
