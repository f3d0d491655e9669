import { z } from "zod";
import cueWords from "./prompts/cue-words.json";
import criteriaFile from "./prompts/criteria.json";
import discovery from "./prompts/discovery.json";
import judging from "./prompts/judging.json";
import labelling from "./prompts/labelling.json";
import material from "./prompts/material.json";
import personas from "./prompts/personas.json";
import questions from "./prompts/questions.json";
import voting from "./prompts/voting.json";
import type { Template } from "./template.js";

/** The wording lives in the JSON files beside this one; here it gets its types. */
export const templates = { discovery, judging, labelling, material, voting } satisfies Record<
  string,
  Template
>;

/** Lines of the questions that are asked about a text. */
export const questionLines: Readonly<Record<keyof typeof questions, readonly string[]>> = questions;

export const criterionNames = ["accuracy", "relevance", "adaptation"] as const;
export type Criterion = (typeof criterionNames)[number];

export const criteria: Readonly<Record<Criterion, { question: string; levels: readonly string[] }>> =
  criteriaFile;

/** Phrases that carry causes in English, longest first. */
export const defaultCues: readonly string[] = [...cueWords].sort((a, b) => b.length - a.length);

/** An expert is a name and what is said to the model about him; {{domain}} may stand in it. */
export const expertSchema = z.strictObject({
  name: z.string().min(1).max(80),
  persona: z.string().min(1).max(1000),
});
export type Expert = z.infer<typeof expertSchema>;

/** The experts of the package, in the order in which they are called. */
export const defaultExperts: readonly Expert[] = personas;
