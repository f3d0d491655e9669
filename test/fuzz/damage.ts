import fc from "fast-check";

type Edit = { at: number; value: number } | { cut: number } | { insert: number; text: string };

/** Some edits of the bytes of a file: other bytes, an early end, fragments that mean something to its reader. */
export function damage(fragments: readonly string[]): fc.Arbitrary<(valid: Uint8Array) => Uint8Array> {
  const position = fc.nat({ max: 2 ** 30 });
  const byte = fc.integer({ min: 0, max: 255 });
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ at: position, value: byte }),
    fc.record({ at: fc.nat({ max: 7 }), value: byte }), // the beginning counts more than its length
    fc.record({ cut: position }),
    fc.record({ insert: position, text: fc.constantFrom(...fragments) }),
  );
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  return edits.map((all) => (valid: Uint8Array) => all.reduce(apply, valid));
}

/** A file after such edits. */
export const damaged = (valid: Uint8Array, fragments: readonly string[]): fc.Arbitrary<Uint8Array> =>
  damage(fragments).map((change) => change(valid));

/** Bytes that nobody chose. */
export const anyBytes = (maxLength = 200): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });

/** Fragments of JSON. */
export const jsonFragments = [
  "9",
  "0",
  "-",
  "[",
  "]",
  "{",
  "}",
  '"',
  ",",
  ":",
  "e9",
  "null",
  "\\u0000",
  "\\",
];

function apply(content: Uint8Array, change: Edit): Uint8Array {
  const place = (position: number) => position % (content.length + 1);
  if ("cut" in change) return content.slice(0, place(change.cut));
  if ("insert" in change) {
    const at = place(change.insert);
    return Buffer.concat([content.subarray(0, at), Buffer.from(change.text), content.subarray(at)]);
  }
  const edited = content.slice();
  if (edited.length > 0) edited[change.at % edited.length] = change.value;
  return edited;
}
