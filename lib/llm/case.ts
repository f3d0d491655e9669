import type { CausalCounts, CausalDocument, Variable } from "./causal-document.js";
import type { LanguageModel, Prompt } from "./language-model.js";
import { templates } from "./prompts.js";
import { fill, quoted } from "./template.js";

/** One document under examination: what every stage of the reasoning needs. */
export interface Case {
  model: LanguageModel;
  document: CausalDocument;
  variables: readonly Variable[];
  domain: string;
  labels: readonly string[];
  /** Prompt of the closed questions; one object for all, so that a backend reads the text once. */
  material: Prompt;
  counts: CausalCounts;
  warnings: string[];
  signal: AbortSignal | undefined;
}

/** The prompt of closed questions about a text. */
export function materialOf(text: string, domain: string, labels: readonly string[]): Prompt {
  return fill(templates.material, { text: quoted(text), domain, labels: listed(labels) });
}

/** Names as a list of JSON strings. */
export function listed(names: readonly string[]): string {
  return names.map(quoted).join(", ");
}

export function noCounts(): CausalCounts {
  return {
    proposed: 0,
    outside: 0,
    repeated: 0,
    unsupported: 0,
    cycles: 0,
    indirect: 0,
    invalidAnswers: 0,
  };
}
