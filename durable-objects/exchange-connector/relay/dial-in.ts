import { machineTime, now } from '../../../shared/clock.ts';
import { RELAY_TAG, type DialledLine } from './dialled-line.ts';
import { UsedDialTokens } from './used-dial-tokens.ts';

/** The door for a relay that dials in; the gateway has verified its token, and that it names this desk. */
export class DialIn {
  readonly #ctx: DurableObjectState;
  readonly #tokens: UsedDialTokens;
  readonly #line: DialledLine;

  constructor(ctx: DurableObjectState, line: DialledLine) {
    this.#ctx = ctx;
    this.#tokens = new UsedDialTokens(ctx.storage);
    this.#line = line;
  }

  /** Whether it is a relay's socket, not a client's. */
  holds(socket: WebSocket): boolean {
    return this.#ctx.getTags(socket).includes(RELAY_TAG);
  }

  hear(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    return this.#line.hear(socket, message);
  }

  gone(socket: WebSocket): void {
    this.#line.gone(socket);
  }

  /** @returns the socket, or 401 for a token that was used, 429 for more of them than a relay can have need of. */
  take(tokenId: string): Response {
    const use = this.#tokens.use(tokenId, machineTime(now()));
    switch (use) {
      case 'ok':
        return this.#line.accept();
      case 'used':
        return new Response(null, { status: 401 });
      case 'too many':
        return new Response(null, { status: 429 });
      default:
        return use satisfies never;
    }
  }
}
