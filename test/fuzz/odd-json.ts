import fc from "fast-check";

interface Change {
  /** Which of the values, counted in reading order. */
  at: number;
  how: "replace" | "delete" | "rename" | "add" | "repeat";
  name: string;
  /** Of the new value. */
  json: string;
}

const oddNumbers = [-1, -0, 0, 0.5, 1, 2, 3, 7, 100, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 1e300, 1e-300]; // prettier-ignore
const oddTexts = ["", " ", "O", "B-x", "a b", "__proto__", "constructor", "length", "\ud800", "\u0000", "é", "../..", "x".repeat(300)]; // prettier-ignore
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(...oddNumbers),
  fc.constantFrom<unknown>(...oddTexts, null, true, false),
  fc.constantFrom<unknown>([], {}, [[]], [0], [null], { "": 0 }, ["a", "a"]),
  fc.jsonValue({ maxDepth: 2 }),
);
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom(...(["replace", "replace", "delete", "rename", "add", "repeat"] as const)),
  name: fc.oneof(fc.constantFrom(...oddTexts), fc.string({ maxLength: 8 })),
  json: oddValue.map((value) => JSON.stringify(value)),
});

/** The JSON of a valid value in which some values, keys or elements are others, and any JSON at all. */
export function oddJson(valid: unknown): fc.Arbitrary<string> {
  const text = JSON.stringify(valid);
  const changed = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const root: { value: unknown } = { value: JSON.parse(text) };
    for (const each of changes) apply(root, each);
    return JSON.stringify(root.value) ?? "null";
  });
  return fc.oneof({ weight: 12, arbitrary: changed }, fc.json({ maxDepth: 3 }));
}

type Container = Record<string, unknown>;

function apply(root: { value: unknown }, { at, how, name, json }: Change): void {
  const value: unknown = JSON.parse(json);
  const places = placesOf(root);
  const [container, key] = places[at % places.length]!;
  const old = container[key];
  if (how === "replace") container[key] = value;
  else if (how === "delete") remove(container, key);
  else if (how === "repeat" && Array.isArray(old)) old.push(...(old as unknown[]).slice(0, 3));
  else if (typeof old !== "object" || old === null) define(container, name, value);
  else if (how === "rename" && container !== (root as Container)) {
    remove(container, key);
    define(container, name, old);
  } else define(old as Container, name, value);
}

/** Every value of a JSON document as (what holds it, its key). */
function placesOf(container: Container): [Container, string][] {
  return Object.keys(container).flatMap((key) => {
    const value = container[key];
    const inner = typeof value === "object" && value !== null ? placesOf(value as Container) : [];
    return [[container, key] as [Container, string], ...inner];
  });
}

function remove(container: Container, key: string): void {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else if (key !== "value" || Object.keys(container).length > 1) delete container[key];
}

/** Also a key like `__proto__`, as JSON.parse would set it. */
function define(container: Container, name: string, value: unknown): void {
  if (Array.isArray(container)) container.push(value);
  else Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true }); // prettier-ignore
}
