import { CdlmError } from "../errors.js";
import type { TaggerModel } from "./tagger-model.js";
import { tagsOf, type Span } from "../text/spans.js";

/** What a model answers with: its own types, those that it keeps of its source, or both. */
export const answeredTypes = ["own", "kept", "all"] as const;
export type AnsweredTypes = (typeof answeredTypes)[number];

/**
 * The recogniser that answers, and the one whose answers are put beside its own; both on one engine.
 * @throws CdlmError INVALID_OPTION for kept types of a model that keeps none
 */
export function answering(model: TaggerModel, types: AnsweredTypes) {
  if (!answeredTypes.includes(types)) throw wrong("unknown choice of types", answeredTypes.join(", "), types);
  if (types === "own") return { model };
  const { kept } = model;
  if (!kept) throw wrong("the model keeps no types of its source", "own", types, "Adapt with --keep (keep: true)"); // prettier-ignore
  return types === "kept" ? { model: kept } : { model, beside: kept };
}

function wrong(message: string, expected: string, received: string, hint?: string): CdlmError {
  return new CdlmError("INVALID_OPTION", message, { expected, received, ...(hint ? { hint } : {}) });
}

/**
 * Mentions of types that the new domain does not have, put beside its own: types with the same name are one, which the new
 * domain decides, and where mentions overlap its own stands.
 * @param words of the sentence
 */
export function besideOwn<M extends Span>(
  own: readonly M[],
  kept: readonly M[],
  ownTypes: readonly string[],
  words: number,
): { mentions: M[]; tags: string[] } {
  const overlaps = (mention: M) => own.some(({ start, end }) => start < mention.end && mention.start < end);
  const added = kept.filter((mention) => !ownTypes.includes(mention.type) && !overlaps(mention));
  const mentions = [...own, ...added].sort((a, b) => a.start - b.start);
  return { mentions, tags: tagsOf(mentions, words) };
}
