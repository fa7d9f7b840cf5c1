/** Longest part of a venue's own text that is passed on. */
const MAX_TEXT = 300;

/** A venue's text as it may be shown: bounded, on one line. */
export const shortened = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_TEXT);
