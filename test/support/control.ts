import type { PosternFile } from '../../scripts/launch/launch.ts';

/** A call of the control API of one of the running program's emulators: `resolve`, `close`, `faults` and the like. */
export async function controlVenue(
  file: PosternFile,
  path: string,
  body: Readonly<Record<string, unknown>>,
  method: 'POST' | 'DELETE' = 'POST',
  venue: keyof PosternFile['emulators'] = 'polymarket',
): Promise<void> {
  const response = await fetch(`${file.emulators[venue]}/__control/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the emulator refused ${path}: ${await response.text()}`);
}
