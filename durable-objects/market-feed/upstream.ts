/** Who listens to the venue's channel. */
export interface UpstreamListener {
  message(text: string): void;
  /** The channel is not open: it was lost, or could not be opened. It will be tried again. */
  lost(): void;
}

/** The venue asks for a PING every 10 s (docs.polymarket.com, "WebSocket overview"). */
const PING_EVERY_MS = 10_000;
/** Three PINGs without any word back: the connection is dead, even if no close came. */
export const SILENCE_MS = 30_000;
const FIRST_PAUSE_MS = 250;
/** A venue that takes the connection and says nothing must not hold it up for ever. */
const OPEN_WITHIN_MS = 10_000;
/** Long enough for a venue that restarts, short enough that clients do not think it gone. */
const LONGEST_PAUSE_MS = 15_000;

/**
 * One subscription to the venue's market channel, kept up until `stop`: a lost or silent connection is opened
 * again after a pause that doubles, with jitter so that feeds do not knock in step. The venue answers each
 * subscription with whole books, so nothing needs repair after a gap.
 */
export class Upstream {
  readonly #url: string;
  readonly #tokens: readonly string[];
  readonly #listener: UpstreamListener;
  #socket: WebSocket | undefined;
  #stopped = false;
  #attempts = 0;
  #heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `url`: base of the venue's channels, ws or wss. */
  constructor(url: string, tokens: readonly string[], listener: UpstreamListener) {
    // workerd's fetch upgrades http(s) URLs.
    this.#url = `${url.replace(/^ws/, 'http')}/market`;
    this.#tokens = tokens;
    this.#listener = listener;
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#drop();
  }

  async #open(): Promise<void> {
    const socket = await connect(this.#url);
    if (this.#stopped) {
      socket?.close(1000);
      return;
    }
    if (!socket) {
      this.#again();
      return;
    }
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener('message', ({ data }) => this.#hear(socket, data));
    const lost = (): void => this.#lose(socket);
    socket.addEventListener('close', lost);
    socket.addEventListener('error', lost);
    socket.send(JSON.stringify({ type: 'market', assets_ids: this.#tokens, custom_feature_enabled: true }));
    this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
  }

  #hear(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return;
    this.#heardAt = Date.now();
    this.#attempts = 0;
    if (data !== 'PONG') this.#listener.message(data);
  }

  #ping(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    if (Date.now() - this.#heardAt > SILENCE_MS) {
      this.#lose(socket);
      return;
    }
    socket.send('PING');
    this.#timer = setTimeout(() => this.#ping(socket), PING_EVERY_MS);
  }

  #lose(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#drop();
    this.#again();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    try {
      socket?.close(1000);
    } catch {
      // Already closed by the other side.
    }
  }

  #again(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#listener.lost();
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#attempts, LONGEST_PAUSE_MS) * (0.5 + Math.random());
    this.#attempts += 1;
    this.#timer = setTimeout(() => void this.#open(), pause);
  }
}

/** Opens the socket; undefined when the venue refuses or does not answer. */
async function connect(url: string): Promise<WebSocket | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), OPEN_WITHIN_MS);
  try {
    const response = await fetch(url, { headers: { upgrade: 'websocket' }, signal: abort.signal });
    const socket = response.webSocket;
    if (!socket) {
      await response.body?.cancel();
      return undefined;
    }
    socket.binaryType = 'arraybuffer';
    socket.accept();
    return socket;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
