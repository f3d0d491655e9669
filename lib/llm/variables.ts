import { CdlmError } from "../errors.js";
import type { CausalDocument, Variable } from "./causal-document.js";

export interface VariableOptions {
  /** Entity types of the domain. */
  labels: readonly string[];
  /** Phrases that carry causes. */
  cues: readonly string[];
  /** Most variables of one text; the first ones in the order mentions, labels, cues are kept. */
  limit: number;
}

/**
 * X: the variables between which causes may be named. Mentions of the text, the names of the domain's labels and cue
 * words that stand in the text. A name occurs once; of equal ones the first in this order stays.
 * @throws CdlmError DATA_INVALID for an entity that is not in the text
 */
export function variablesOf(document: CausalDocument, { labels, cues, limit }: VariableOptions): Variable[] {
  const all = [...mentionsOf(document), ...labels.map(labelVariable), ...cuesIn(document.text, cues)];
  const byName = new Map<string, Variable>();
  for (const variable of all) if (!byName.has(variable.name)) byName.set(variable.name, variable);
  return [...byName.values()].slice(0, limit);
}

/** Variables that are words of the text, not labels. */
export function inText(variables: readonly Variable[]): Variable[] {
  return variables.filter(({ kind }) => kind !== "label");
}

function mentionsOf({ text, entities }: CausalDocument): Variable[] {
  const sorted = [...entities].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.map(({ start, end, type }) => {
    const inside =
      Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= text.length;
    const name = inside ? text.slice(start, end) : "";
    if (name.trim() !== "" && !/\p{Surrogate}/u.test(name))
      return { name, kind: "mention" as const, type, start, end };
    throw new CdlmError("DATA_INVALID", `the entity of type "${type}" is no mention of the text`, {
      expected: `a start and an end within 0 … ${text.length} around whole characters`,
      received: `${start} to ${end}`,
    });
  });
}

const labelVariable = (name: string): Variable => ({ name, kind: "label" });

/** Cue words in the order of the text; where two overlap the longer one stays. */
function cuesIn(text: string, cues: readonly string[]): Variable[] {
  const found: { start: number; end: number }[] = [];
  for (const cue of [...cues].sort((a, b) => b.length - a.length)) {
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escapeRegExp(cue)}(?![\\p{L}\\p{N}])`, "giu");
    for (const { index, 0: match } of text.matchAll(pattern)) {
      const end = index + match.length;
      if (found.every((other) => end <= other.start || other.end <= index)) found.push({ start: index, end });
    }
  }
  found.sort((a, b) => a.start - b.start);
  return found.map(({ start, end }) => ({ name: text.slice(start, end), kind: "cue", start, end }));
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
}
