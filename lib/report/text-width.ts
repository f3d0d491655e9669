import stringWidth from "string-width";

/** Columns that a text takes in a terminal. */
export const widthOf = (text: string): number => stringWidth(text);

/** With blanks behind it up to a width. */
export const padded = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - widthOf(text)));

/** Line breaks and tabs as blanks. */
export const oneLine = (text: string): string => text.replace(/\s+/g, " ");
