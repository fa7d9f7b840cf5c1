/** JSON has no bigint: one stands as `{"$n":"…"}`, which no text from outside can become. */
export const encodeJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'bigint' ? { $n: member.toString() } : member,
  );

export const decodeJson = (text: string): unknown =>
  JSON.parse(text, (_, member: unknown) =>
    typeof member === 'object' && member !== null && '$n' in member ? BigInt(String(member.$n)) : member,
  );
