/** What the causal reasoning asks of a language model, whatever runs it. */

/** Instructions and the material they are about. Questions on the same material should share their prompt's object. */
export interface Prompt {
  system: string;
  user: string;
}

/** A closed question, answered by the probabilities of the answer's first token instead of by written text. */
export type Question =
  | { kind: "yes-no"; text: string }
  | { kind: "choice"; text: string; choices: readonly string[] }
  /**
   * What is scored, e.g. "the sceptic: accuracy". The prompt says what this and the scores 1, 2, … mean; `levels` name
   * the scores in this order, at most nine, for models that are asked without the beginning of an answer.
   */
  | { kind: "score"; text: string; levels: readonly string[] };

/** A JSON schema without unions and references, so that every backend can follow it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

export interface Generated {
  /** The answer as the model wrote it: nothing promises that it follows the schema. */
  text: string;
  usage: Usage;
}

export interface Decided {
  /** In the order of [yes, no], of the choices or of the levels; they sum to 1. */
  probabilities: readonly number[];
  usage: Usage;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface GenerateOptions extends CallOptions {
  /** Longest answer. */
  maxTokens: number;
  /** 0 answers with the likeliest tokens. */
  temperature: number;
  seed: number;
}

/**
 * A language model. Calls may overlap: the model runs as many at once as it can and lets the others wait.
 * Both calls throw CdlmError NETWORK_FAILED, OUT_OF_MEMORY, DATA_INVALID (a text too long for the context),
 * INVALID_STATE after `dispose`, and the signal's reason.
 */
export interface LanguageModel extends AsyncDisposable {
  /** For people. */
  readonly name: string;
  /** Differs wherever answers may differ: the weights' checksum, the endpoint and its model. Never a secret. */
  readonly identity: string;
  /** Calls that run at once. */
  readonly parallel: number;
  /** Writes JSON under a schema. */
  generate(prompt: Prompt, schema: JsonSchema, options: GenerateOptions): Promise<Generated>;
  /** Answers a closed question. */
  decide(prompt: Prompt, question: Question, options?: CallOptions): Promise<Decided>;
  /** Waits for running calls and frees the model. Safe to call twice. */
  dispose(): Promise<void>;
}

/** How many answers a question has. */
export function answersOf(question: Question): number {
  if (question.kind === "yes-no") return 2;
  return question.kind === "choice" ? question.choices.length : question.levels.length;
}
