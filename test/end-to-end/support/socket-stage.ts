import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { setBook } from '../../support/markets.ts';
import { startProgram, type OwnProgram } from '../../support/program.ts';
import { TestSocket } from '../../support/socket.ts';
import { createTenant, type TenantSpec } from '../../support/tenants.ts';
import { ask, textOf } from './ask.ts';

/** A program of a file's own, with what tests of websockets do again and again. */
export class SocketStage {
  readonly program: OwnProgram;
  readonly #sockets: TestSocket[] = [];

  private constructor(program: OwnProgram) {
    this.program = program;
  }

  /** Books move only when a test moves them. */
  static async start(): Promise<SocketStage> {
    return new SocketStage(
      await startProgram({
        vars: { CLIENT_IP_HEADER: 'x-test-address' },
        emulatorEnv: { EMULATOR_CLOCK: 'manual' },
      }),
    );
  }

  get file(): PosternFile {
    return this.program.file;
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  /** Ends what a test has opened. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#sockets.splice(0).map((socket) => socket.close()));
  }

  connect(path: string, headers: Readonly<Record<string, string>> = {}): TestSocket {
    return this.#connect(`/v1/ws/${path}`, headers);
  }

  /** The router's websocket, before it has signed in. */
  async openRouter(): Promise<TestSocket> {
    const socket = this.#connect('/ws', {});
    await socket.opened;
    return socket;
  }

  /** The router's websocket of a key, signed in. */
  async router(key: string): Promise<TestSocket> {
    const socket = await this.openRouter();
    socket.send({ type: 'auth', api_key: key });
    await socket.frame(({ type }) => type === 'auth_ok');
    return socket;
  }

  #connect(path: string, headers: Readonly<Record<string, string>>): TestSocket {
    const socket = new TestSocket(`${this.file.url}${path}`, headers);
    this.#sockets.push(socket);
    return socket;
  }

  async open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<TestSocket> {
    const socket = this.connect(path, headers);
    await socket.opened;
    return socket;
  }

  /** Whether a socket opens and answers. */
  async settles(path: string): Promise<boolean> {
    const socket = this.connect(path);
    const result = await Promise.race([
      socket.opened.then(() => socket.settle()).then(() => true),
      socket.closed,
    ]);
    return result === true;
  }

  async tenantKey(spec: TenantSpec = {}): Promise<string> {
    const { keys } = await createTenant(this.file, spec);
    return keys[0]?.raw_key ?? '';
  }

  async wsToken(key: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const sent = { 'x-api-key': key, ...headers };
    return textOf(await ask(this.file.url, 'POST', '/v1/keys/ws-token', { headers: sent }), 'token');
  }

  async openWith(channel: string, key: string): Promise<TestSocket> {
    return this.open(`${channel}?token=${await this.wsToken(key)}`);
  }

  /** The only ask of a token's book, by which tests tell one book from another. */
  setAsk(token: string, price: string, size: number): Promise<void> {
    return setBook(this.file, token, { bids: [], asks: [{ price, size: String(size) }] });
  }
}
