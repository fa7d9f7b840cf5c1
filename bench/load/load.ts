import { Worker } from 'node:worker_threads';
import type { Volley, VolleyResult } from './protocol.ts';

type Answer = { readonly result: VolleyResult } | { readonly error: string };

/** The one load generator of all rows: a thread of its own, one volley at a time. */
export class LoadGenerator {
  readonly #thread = new Worker(new URL('thread.ts', import.meta.url));

  /** Throws when a connection breaks or any reply is not 2xx: such a run measured something else. */
  async fire(volley: Volley): Promise<VolleyResult> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#thread.once('message', resolve);
      this.#thread.once('error', reject);
      this.#thread.postMessage(volley);
    });
    this.#thread.removeAllListeners('error');
    if ('error' in answer) throw new Error(answer.error);
    const { result } = answer;
    if (result.failed > 0) {
      throw new Error(
        `${result.failed} of ${result.requests} replies were not 2xx. First:\n${result.firstFailure}`,
      );
    }
    return result;
  }

  close(): Promise<number> {
    return this.#thread.terminate();
  }
}
