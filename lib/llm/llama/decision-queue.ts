import type { Decided, Question } from "../language-model.js";
import type { DecisionContext, LlamaAnswer, LlamaQuestion } from "./api.js";
import { normalised } from "../distribution.js";

interface Waiting {
  document: string;
  question: Question;
  signal: AbortSignal | undefined;
  resolve: (decided: Decided) => void;
  reject: (error: Error) => void;
}

/**
 * Questions on their way to the model. Those about the same document go together: it is evaluated once for all of them.
 * Next comes the document that has most in common with the last one, because a common beginning is not evaluated again.
 */
export class DecisionQueue {
  private readonly waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private last = "";

  constructor(private readonly context: DecisionContext) {}

  /** Rejects with the signal's reason at once, although an evaluation that runs is let run to its end. */
  ask(document: string, question: Question, signal: AbortSignal | undefined): Promise<Decided> {
    return new Promise<Decided>((resolve, reject) => {
      const leave = () => reject(signal!.reason as Error);
      signal?.addEventListener("abort", leave, { once: true });
      const end = () => signal?.removeEventListener("abort", leave);
      this.waiting.push({
        document,
        question,
        signal,
        resolve: (decided) => (end(), resolve(decided)),
        reject: (error) => (end(), reject(error)),
      });
      // In the next turn, so that questions of the same turn come together.
      this.running ??= new Promise<void>((run) => setImmediate(run)).then(() => this.work());
    });
  }

  /** Waits for the evaluation that runs; questions that wait are still answered. */
  async drain(): Promise<void> {
    await this.running;
  }

  private async work(): Promise<void> {
    for (let group = this.nextGroup(); group.length > 0; group = this.nextGroup()) await this.decide(group);
    this.running = undefined;
  }

  private nextGroup(): Waiting[] {
    const live = this.waiting.splice(0).filter(({ signal }) => !signal?.aborted);
    const nearest = likest(live.map(({ document }) => document), this.last); // prettier-ignore
    this.waiting.push(...live.filter(({ document }) => document !== nearest));
    this.last = nearest ?? this.last;
    return live.filter(({ document }) => document === nearest);
  }

  private async decide(group: readonly Waiting[]): Promise<void> {
    try {
      const questions = Object.fromEntries(
        group.map(({ question }, k) => [`q${k}`, llamaQuestion(question)]),
      );
      const { answers, tokenUsage } = await this.context.decideWithMeta(group[0]!.document, questions);
      for (const [k, { question, resolve }] of group.entries()) {
        // The usage is counted once, with the first question.
        const usage = k === 0 ? { inputTokens: tokenUsage.input, outputTokens: tokenUsage.output } : nothing;
        resolve({ probabilities: probabilitiesOf(question, answers[`q${k}`]!), usage });
      }
    } catch (error) {
      for (const { reject } of group) reject(error as Error);
    }
  }
}

/** The text with the longest beginning in common with another; the first one of equals. */
function likest(texts: readonly string[], other: string): string | undefined {
  const common = (text: string) => {
    let length = 0;
    while (length < text.length && text[length] === other[length]) length++;
    return length;
  };
  const lengths = texts.map(common);
  return texts[lengths.indexOf(Math.max(...lengths))];
}

const nothing = { inputTokens: 0, outputTokens: 0 };

function llamaQuestion(question: Question): LlamaQuestion {
  const { text: instruction } = question;
  if (question.kind === "yes-no") return { type: "noul", instruction };
  if (question.kind === "score") return { type: "score", instruction, criteria: question.levels };
  const criteria = Object.fromEntries(question.choices.map((choice, k) => [`c${k}`, JSON.stringify(choice)]));
  return { type: "choice", instruction, criteria };
}

function probabilitiesOf(question: Question, answer: LlamaAnswer): number[] {
  if (answer.type === "noul") return [answer.value, 1 - answer.value];
  if (question.kind === "choice" && answer.type === "choice") {
    const { probabilities } = answer;
    return normalised(question.choices.map((_, k) => probabilities[`c${k}`] ?? 0), question.choices.length); // prettier-ignore
  }
  const levels = question.kind === "score" ? question.levels.length : 0;
  return normalised(answer.type === "score" ? answer.probabilities : [], levels);
}
