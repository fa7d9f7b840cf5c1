const REDACTED = '[redacted]';

/**
 * Text that must not be printed (docs/vault.md). Every way in which a logger, a template or JSON turns a
 * value into text gives `[redacted]`; the text stands in a `#private` field, which no reflection, clone or
 * inspector output reaches. `reveal` is the one way to it: call it where the text is used, and nowhere before.
 */
export class Secret {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  static of(value: string): Secret {
    return new Secret(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  // What console.log and util.inspect ask for, in Node and in workerd.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

/** Signers take either: a credential that was just unsealed is text already. */
export type SecretText = string | Secret;

export const revealed = (value: SecretText): string => (value instanceof Secret ? value.reveal() : value);
