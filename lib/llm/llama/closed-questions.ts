import { normalised } from "../distribution.js";
import type { Decided, Prompt, Question } from "../language-model.js";
import type { DecisionContext, LlamaAnswer, LlamaQuestion } from "./api.js";
import { textOf, type Decider } from "./decision-queue.js";

/** Yes-or-no questions and choices by node-llama-cpp's decisions, which page choices among many. */
export class ClosedQuestions implements Decider {
  constructor(private readonly context: DecisionContext) {}

  async decide(prompt: Prompt, questions: readonly Question[]): Promise<Decided[]> {
    const asked = Object.fromEntries(questions.map((question, k) => [`q${k}`, llamaQuestion(question)]));
    const { answers, tokenUsage } = await this.context.decideWithMeta(textOf(prompt), asked);
    return questions.map((question, k) => ({
      probabilities: probabilitiesOf(question, answers[`q${k}`]!),
      // Counted once, with the first question.
      usage: k === 0 ? { inputTokens: tokenUsage.input, outputTokens: tokenUsage.output } : nothing,
    }));
  }
}

const nothing = { inputTokens: 0, outputTokens: 0 };

function llamaQuestion(question: Question): LlamaQuestion {
  const instruction = question.text;
  if (question.kind !== "choice") return { type: "noul", instruction };
  const criteria = Object.fromEntries(question.choices.map((choice, k) => [`c${k}`, JSON.stringify(choice)]));
  return { type: "choice", instruction, criteria };
}

function probabilitiesOf(question: Question, answer: LlamaAnswer): number[] {
  if (answer.type === "noul") return [answer.value, 1 - answer.value];
  const { probabilities } = answer;
  const choices = question.kind === "choice" ? question.choices : [];
  return normalised(choices.map((_, k) => probabilities[`c${k}`] ?? 0), choices.length); // prettier-ignore
}
