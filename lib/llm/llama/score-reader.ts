import { CdlmError } from "../../errors.js";
import { normalised } from "../distribution.js";
import { answersOf, type Decided, type Prompt, type Question } from "../language-model.js";
import type { ChatWrapper, Model, Sequence, Token } from "./api.js";
import type { Decider } from "./decision-queue.js";

/** Between what is scored and its score. A space would be a token of its own in most vocabularies, for every question. */
const sign = "=";

/**
 * Scores from the probabilities of the digit that comes next where the model's answer has begun by what is scored:
 * "the sceptic: accuracy=". All is read in one sequence, where whatever a question has in common with the one before,
 * from the prompt to the expert's name, is not read again.
 */
export class ScoreReader implements Decider {
  constructor(
    private readonly model: Model,
    private readonly wrapper: ChatWrapper,
    private readonly sequence: Sequence,
  ) {}

  async decide(prompt: Prompt, questions: readonly Question[]): Promise<Decided[]> {
    const beginning = this.answerBegun(prompt);
    const decided: Decided[] = [];
    for (const question of questions) decided.push(await this.score(beginning, question));
    return decided;
  }

  /** Tokens of the conversation up to where the model answers. */
  private answerBegun({ system, user }: Prompt): Token[] {
    const chatHistory = [
      { type: "system", text: system },
      { type: "user", text: user },
      { type: "model", response: [""] },
    ] as const;
    const { contextText } = this.wrapper.generateContextState({ chatHistory });
    return contextText.tokenize(this.model.tokenizer, "trimLeadingSpace");
  }

  private async score(beginning: readonly Token[], question: Question): Promise<Decided> {
    const { text, digits } = this.tokensOf(question);
    const tokens = [...beginning, ...text];
    const { sequence } = this;
    await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
    const unread = tokens.slice(sequence.nextTokenIndex);
    const last = [unread.pop()!, { generateNext: { logits: { filter: { tokens: digits } } } }] as const;
    const read = await sequence.controlledEvaluate([...unread, last]);
    const { logits } = read.at(-1)!.next;
    return {
      probabilities: softmax(digits.map((digit) => logits.get(digit)!)),
      usage: { inputTokens: unread.length + 1, outputTokens: 0 },
    };
  }

  /** Tokens of what is scored, and the token of each score behind it. */
  private tokensOf(question: Question): { text: Token[]; digits: Token[] } {
    const scored = Array.from({ length: answersOf(question) }, (_, k) =>
      this.model.tokenize(`${question.text}${sign}${k + 1}`, false, "trimLeadingSpace"),
    );
    const text = scored[0]!.slice(0, -1);
    const digits = scored.map((tokens) => tokens.at(-1)!);
    const alike = scored.every((tokens) => tokens.slice(0, -1).join() === text.join());
    if (alike && new Set(digits).size === digits.length) return { text, digits };
    throw new CdlmError("FILE_INVALID", "the language model's vocabulary has no tokens of single digits");
  }
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  return normalised(
    logits.map((logit) => Math.exp(logit - most)),
    logits.length,
  );
}
