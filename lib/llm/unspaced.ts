/**
 * A text without its white space: what a name that a model has written is compared by. On its way from tokens to text
 * llama.cpp takes blanks before . , ? ! and around apostrophes away, for Llama 3's vocabulary among others.
 */
export function unspaced(text: string): string {
  return text.replace(/\s+/gu, "");
}
