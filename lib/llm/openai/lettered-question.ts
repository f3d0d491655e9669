import type { Question } from "../language-model.js";

export const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The answers of a question as people read them. */
export function optionsOf(question: Question): readonly string[] {
  if (question.kind === "yes-no") return ["Yes", "No"];
  return question.kind === "choice"
    ? question.choices.map((choice) => JSON.stringify(choice))
    : question.levels;
}

/** A question whose answer is one letter. */
export function letteredText(question: Question, options: readonly string[]): string {
  const lines = options.map((option, index) => `${letters[index]!}. ${option}`);
  return `Question: ${question.text}\n\nReply with the letter of the best answer and nothing else:\n${lines.join("\n")}`;
}

export interface TokenProbability {
  token: string;
  logprob: number;
}

/**
 * Weights of the letters among a model's likeliest tokens; a letter that is not among them is less likely than all of
 * them and weighs nothing. Undefined when no letter is there at all.
 */
export function letterWeights(top: readonly TokenProbability[], count: number): number[] | undefined {
  const weights = new Array<number>(count).fill(0);
  for (const { token, logprob } of top) {
    const index = letters.indexOf(token.trim().replace(/[.):"]+$/, ""));
    if (index >= 0 && index < count) weights[index]! += Math.exp(logprob);
  }
  return weights.some((weight) => weight > 0) ? weights : undefined;
}
