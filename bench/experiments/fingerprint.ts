import { createHash } from "node:crypto";

/** Twelve hexadecimal digits that stand for a configuration, whatever the order of its fields. */
export function fingerprintOf(config: unknown): string {
  return createHash("sha256").update(JSON.stringify(sorted(config))).digest("hex").slice(0, 12); // prettier-ignore
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
