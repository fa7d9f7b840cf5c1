import type { KeyObject } from 'node:crypto';

export interface ApiKeyRecord {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly publicKey: KeyObject;
}
