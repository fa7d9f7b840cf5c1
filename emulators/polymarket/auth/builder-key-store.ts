export interface BuilderKey {
  readonly key: string;
  readonly secret: string;
  readonly passphrase: string;
  /** Lower-case address that owns it, '' when the control API made it. */
  readonly address: string;
  readonly createdAt: string;
  revokedAt: string | undefined;
}

export interface BuilderKeys {
  readonly seed: number;
  readonly byKey: Map<string, BuilderKey>;
}

export function createBuilderKeys(seed: number): BuilderKeys {
  return { seed, byKey: new Map() };
}
