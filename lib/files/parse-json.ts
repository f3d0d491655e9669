/** Far deeper than any file that this package reads, far from what exhausts the stack of those who walk over the value. */
const deepest = 500;

/**
 * The value of a JSON text that anybody may have written.
 * @throws SyntaxError also for one that is nested more than 500 levels deep
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > deepest) throw new SyntaxError(`nested more than ${deepest} levels deep`);
  return JSON.parse(text);
}

/** Levels of brackets outside of strings, whether or not the rest is JSON. */
function depthOf(text: string): number {
  let [depth, most, inString] = [0, 0, false];
  for (let k = 0; k < text.length; k++) {
    const unit = text[k]!;
    if (inString) {
      if (unit === "\\") k++;
      else if (unit === '"') inString = false;
    } else if (unit === '"') inString = true;
    else if (unit === "[" || unit === "{") most = Math.max(most, ++depth);
    else if (unit === "]" || unit === "}") depth--;
  }
  return most;
}
