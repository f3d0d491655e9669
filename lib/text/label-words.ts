/** Names that no dictionary spells out. */
const abbreviations: Readonly<Record<string, string>> = {
  misc: "miscellaneous",
  per: "person",
  pers: "person",
  org: "organization",
  loc: "location",
  gpe: "country",
  fac: "facility",
};

const shortest = 3; // letters of a part of a glued name

/**
 * The words that an entity type's name consists of, in lower case: "Gene_or_gene_product" and "musicGenre" are cut where
 * they show it, "politicalparty" where both parts are words that the encoder knows.
 * @param isKnown whether the encoder has a piece for the whole word
 */
export function labelWords(type: string, isKnown: (word: string) => boolean): string[] {
  const parts = type
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .split(/[\s_\-./]+/u)
    .filter((part) => part !== "")
    .map((part) => part.toLowerCase());
  return parts.flatMap((part) => abbreviations[part] ?? unglued(part, isKnown));
}

/** Two known words where the whole is none; of several ways the one with the longest first word. */
function unglued(word: string, isKnown: (word: string) => boolean): string[] {
  if (isKnown(word)) return [word];
  for (let cut = word.length - shortest; cut >= shortest; cut--) {
    const [left, right] = [word.slice(0, cut), word.slice(cut)];
    if (isKnown(left) && isKnown(right)) return [left, right];
  }
  return [word];
}
