import type { ObjectEnv } from '../bindings.ts';
import type { Failure } from '../../shared/errors/failure.ts';
import type { Member } from './member.ts';
import type { Members } from './members.ts';
import type { KeyedMutex } from '../../shared/concurrency/keyed-mutex.ts';

/** What the parts of one hub share. */
export interface Hub {
  readonly env: ObjectEnv;
  /** `hub:<number>`: by this name feeds and accounts call back. */
  readonly name: string;
  readonly members: Members;
  /** Calls to feeds and accounts. */
  readonly turns: KeyedMutex;
  /** Lets a call go on after its event has been dealt with. */
  waitUntil(work: Promise<unknown>): void;
  /** Tells a client why, then ends its socket. */
  reject(member: Member, refusal: Failure, code: number): void;
  /** Ends a client's socket; what there was to say has been said. */
  end(member: Member, code: number, reason: string): void;
  /** Has the hub look after its sockets by then, Unix ms of `now()`. */
  wakeBy(at: number): Promise<void>;
}
