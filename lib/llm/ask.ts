import type { z } from "zod";
import { parseJson } from "../files/parse-json.js";
import { jsonSchemaOf } from "./json-schema.js";
import type { LanguageModel, Prompt } from "./language-model.js";

export interface Ask<T> {
  prompt: Prompt;
  /** What the model may write: the grammar. */
  grammar: z.ZodType;
  /** What is taken from it; may be wider than the grammar where members are counted instead of refused. */
  answer: z.ZodType<T>;
  /** Longest answer. */
  maxTokens: number;
  signal?: AbortSignal | undefined;
}

export interface Asked<T> {
  /** Undefined when no attempt gave a valid answer. */
  value: T | undefined;
  /** What was wrong with each attempt that failed. */
  problems: string[];
}

const attempts = 2;
const retryTemperature = 0.7;

/**
 * Asks for JSON and checks it. An invalid answer is asked for once more, with some chance in it: the likeliest tokens
 * would only repeat it.
 */
export async function ask<T>(model: LanguageModel, request: Ask<T>): Promise<Asked<T>> {
  const schema = jsonSchemaOf(request.grammar);
  const problems: string[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { text } = await model.generate(request.prompt, schema, {
      maxTokens: request.maxTokens,
      temperature: attempt === 0 ? 0 : retryTemperature,
      seed: attempt,
      signal: request.signal,
    });
    const parsed = parse(text, request.answer);
    if ("value" in parsed) return { value: parsed.value, problems };
    problems.push(parsed.problem);
  }
  return { value: undefined, problems };
}

function parse<T>(text: string, answer: z.ZodType<T>): { value: T } | { problem: string } {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    return { problem: `no JSON: ${(error as Error).message}` };
  }
  const parsed = answer.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const issue = parsed.error.issues[0]!;
  return { problem: `${issue.path.join(".") || "the answer"}: ${issue.message}` };
}
