import { z } from "zod";
import { readLines } from "../../data/text-lines.js";
import { CdlmError } from "../../errors.js";
import { parseJson } from "../../files/parse-json.js";
import { answerKey, type AnswerStore } from "../answer-store.js";
import { chatAnswer } from "./chat-answer.js";
import { Refusal, type Poster } from "./poster.js";

/** Thrown for a question whose answer is not there yet. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** A line of a file of requests, as offline batch services take them. */
export interface BatchRequest {
  custom_id: string;
  method: "POST";
  url: string;
  body: unknown;
}

interface KeptAnswer {
  status: number;
  body: unknown;
}

/** Carries requests by hand: answers come from the store, and what has none there is collected. */
export class BatchPoster implements Poster {
  private pending = new Map<string, BatchRequest>();

  constructor(
    readonly place: string,
    private readonly store: AnswerStore,
  ) {}

  post(path: string, body: unknown): Promise<unknown> {
    const key = answerKey(path, body);
    const known = this.store.get(keptKey(key)) as KeptAnswer | undefined;
    if (known === undefined || !isFinal(known)) {
      this.pending.set(key, { custom_id: key, method: "POST", url: `/v1${path}`, body });
      return Promise.reject(new Unanswered());
    }
    if (known.status < 400) return Promise.resolve(known.body);
    const problem = `status ${known.status}: ${JSON.stringify(known.body).slice(0, 300)}`;
    return Promise.reject(this.failure("it refuses the request", problem, new Refusal(problem)));
  }

  failure(what: string, received: string, cause?: unknown): CdlmError {
    return new CdlmError("NETWORK_FAILED", `an answer of the batch cannot be used: ${what}`, {
      received,
      cause,
    });
  }

  /** The requests that have come together since the last call, each once. */
  take(): BatchRequest[] {
    const requests = [...this.pending.values()];
    this.pending = new Map();
    return requests;
  }
}

const answerLine = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullish(),
});

export interface TakenAnswers {
  taken: number;
  /** Requests that may be sent again: the service was busy or broken, refused the key, or answered in another form. */
  failed: number;
}

/**
 * Puts the answers of a batch into the store.
 * @throws CdlmError DATA_INVALID with the line; FILE_NOT_FOUND; CANCELLED
 */
export async function takeAnswers(
  file: string,
  store: AnswerStore,
  signal?: AbortSignal,
): Promise<TakenAnswers> {
  const counts = { taken: 0, failed: 0 };
  for await (const { text, number } of readLines(file, { signal })) {
    if (text.trim() === "") continue;
    const { custom_id: key, response } = parseAnswer(text, file, number);
    const answer = { status: response?.status_code ?? 500, body: response?.body };
    counts[isFinal(answer) ? "taken" : "failed"]++;
    if (isFinal(answer)) await store.put(keptKey(key), answer);
  }
  return counts;
}

/** An answer that can be used, or a request that is refused whenever it is sent. */
const isFinal = ({ status, body }: KeptAnswer): boolean =>
  status < 400 ? chatAnswer.safeParse(body).success : status === 400 || status === 422;

const keptKey = (key: string) => `batch ${key}`;

function parseAnswer(text: string, file: string, line: number): z.infer<typeof answerLine> {
  const place = { file, line, expected: '{"custom_id": …, "response": {"status_code": …, "body": …}}' };
  try {
    return answerLine.parse(parseJson(text));
  } catch (cause) {
    throw new CdlmError("DATA_INVALID", "the line is no answer of a batch", {
      ...place,
      received: text.slice(0, 60),
      cause,
    });
  }
}
