/** Instruments of the emulator, with its different scales among them. */
export const SYMBOLS: readonly string[] = [
  'aec-nfl-kc-buf-w1',
  'aec-nfl-phi-dal-w1',
  'aec-nfl-sf-lar-w1',
  'aec-nfl-det-gb-w1',
  'aec-nfl-bal-cin-w1',
  'aec-nfl-nyj-mia-w1',
  'aec-nfl-hou-ten-w1',
  'aec-nfl-sea-ari-w1',
];
