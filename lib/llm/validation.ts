import type { Case } from "./case.js";
import { materialOf } from "./case.js";
import type { CausalEdge, Validation, Variable } from "./causal-document.js";
import { likeliest } from "./distribution.js";
import type { Prompt } from "./language-model.js";
import { questionLines } from "./prompts.js";
import { fillLines, quoted } from "./template.js";

const blank = "____";

/**
 * Answers for an entity with and without a cause of it and compares: what type is the effect, knowing the whole text,
 * and what type with the cause blanked out? Where both answers agree the original stands. Where they contradict each
 * other, both are weighed once; if the alternative wins, the cause has misled and is taken back. Undefined where the
 * effect is no mention of the text or there is no choice of types.
 */
export async function validate(
  subject: Case,
  edge: Pick<CausalEdge, "cause" | "effect">,
): Promise<Validation | undefined> {
  const { labels, document, domain, material, variables } = subject;
  const find = (name: string) => variables.find((variable) => variable.name === name);
  const [cause, effect] = [find(edge.cause), find(edge.effect)];
  if (!cause || effect?.kind !== "mention" || labels.length < 2) return undefined;
  const names = { cause: quoted(cause.name), effect: quoted(effect.name) };
  const masked = materialOf(withoutWords(document.text, cause, effect), domain, labels);
  const [original, without] = await Promise.all([
    choose(subject, material, fillLines(questionLines.type, names), labels),
    choose(subject, masked, fillLines(questionLines.typeWithout, names), labels),
  ]);
  const change = original.probability - without.probabilities[labels.indexOf(original.type)]!;
  const compared = { original: plain(original), without: plain(without), effect: change };
  if (original.type === without.type) return { ...compared, verdict: "stands" };
  const again = fillLines(questionLines.typeAgain, {
    ...names,
    original: quoted(original.type),
    alternative: quoted(without.type),
  });
  const refined = await choose(subject, material, again, [original.type, without.type]);
  return { ...compared, verdict: refined.type === original.type ? "confirmed" : "refined" };
}

/** The text without a cause's words, wherever they stand; the effect's own place is never touched. */
export function withoutWords(text: string, cause: Variable, effect: Variable): string {
  if (cause.kind === "label") return text;
  const [from, to] = [effect.start ?? 0, effect.end ?? 0];
  let result = "";
  let at = 0;
  for (let found = text.indexOf(cause.name); found >= 0; found = text.indexOf(cause.name, found + 1)) {
    const end = found + cause.name.length;
    if (found < at || (found < to && from < end)) continue;
    result += text.slice(at, found) + blank;
    at = end;
  }
  return result + text.slice(at);
}

async function choose({ model, signal }: Case, prompt: Prompt, text: string, choices: readonly string[]) {
  const { probabilities } = await model.decide(prompt, { kind: "choice", text, choices }, { signal });
  const best = likeliest(probabilities);
  return { type: choices[best]!, probability: probabilities[best]!, probabilities };
}

const plain = ({ type, probability }: { type: string; probability: number }) => ({ type, probability });
