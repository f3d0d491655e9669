/** Written with a full stop when they start with a capital: titles, companies, months, states, ranks. */
const capitalised = new Set(
  (
    "mr mrs ms mx dr prof st ste jr sr rev hon fr messrs mme mlle sen rep gov pres atty gen adm brig cmdr col capt cpl lt " +
    "maj sgt pvt supt insp det inc corp co ltd ltda bros assn dept univ inst mt ft ave blvd rd sq jan feb apr jun jul aug " +
    "sep sept oct nov dec mon tue tues wed thu thur thurs fri ala ariz ark calif colo conn del fla ill ind kan ky md " +
    "mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo ph"
  ).split(" "),
);

/** Written with a full stop in any case. */
const general = new Set(
  "vs etc al cf approx ca pp vol vols eds viz resp incl est fig figs eq ch sec op".split(" "),
);

const dotted = /^(?:\p{L}{1,3}\.)+\p{L}{1,3}$/u;
const initial = /^\p{Lu}\p{M}*$/u;

/** True for words like "U.S", "a.m" and "Ph.D", whose last full stop belongs to them. */
export function isDotted(word: string): boolean {
  return word.length <= 20 && dotted.test(word);
}

/**
 * Whether a full stop behind `word` belongs to it.
 * @param atEnd the full stop is the last of its text, where an initial is unlikely
 */
export function takesFullStop(word: string, atEnd: boolean): boolean {
  if (word.length > 20) return false;
  if (initial.test(word)) return !atEnd;
  const lower = word.toLowerCase();
  return general.has(lower) || (lower !== word && capitalised.has(lower)) || dotted.test(word);
}
