import { setTimeout as sleep } from "node:timers/promises";
import { CdlmError } from "../../errors.js";
import { parseJson } from "../../files/parse-json.js";
import { Refusal, type Poster } from "./poster.js";

export interface EndpointOptions {
  /** Base of the API, e.g. https://api.openai.com/v1. */
  url: string;
  /** Sent as a bearer token; never part of a message. */
  apiKey?: string | undefined;
  /** Longest wait for a whole answer, in milliseconds. */
  timeout: number;
  /** Attempts after the first. */
  retries: number;
  /** First pause before another attempt, in milliseconds; it doubles each time. */
  pause: number;
}

/** What went wrong and was survived. */
export interface EndpointCounts {
  requests: number;
  /** By status, or "dropped", "timeout", "no JSON". */
  failures: Record<string, number>;
}

const longestPause = 60_000; // milliseconds

/** Posts JSON and retries what may pass: 408, 429, 5xx, dropped connections, silence and answers that are no JSON. */
export class Endpoint implements Poster {
  readonly counts: EndpointCounts = { requests: 0, failures: {} };

  constructor(private readonly options: EndpointOptions) {}

  /** The base without user, password and query, for people and for keys. */
  get place(): string {
    const { origin, pathname } = new URL(this.options.url);
    return origin + pathname.replace(/\/+$/, "");
  }

  /**
   * @throws CdlmError NETWORK_FAILED when the attempts are used up, the key or (caused by a Refusal) the request is
   * refused; the signal's reason
   */
  async post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const { retries, pause } = this.options;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.attempt(path, body, signal);
      if ("value" in outcome) return outcome.value;
      const { kind, problem, retryAfter } = outcome;
      this.counts.failures[kind] = (this.counts.failures[kind] ?? 0) + 1;
      if (attempt >= retries) throw this.failure(`${attempt + 1} attempts`, problem);
      const jitter = 0.75 + Math.random() / 2; // clients that were turned away together do not come back together
      const wait = retryAfter ?? pause * 2 ** attempt * jitter;
      await sleep(Math.min(wait, longestPause), undefined, { signal }).catch(() => signal!.throwIfAborted());
    }
  }

  private async attempt(path: string, body: unknown, signal?: AbortSignal): Promise<Outcome> {
    const { timeout, apiKey } = this.options;
    const patience = AbortSignal.timeout(timeout);
    this.counts.requests++;
    try {
      const response = await fetch(this.place + path + new URL(this.options.url).search, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
        },
        body: JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      });
      return this.read(response, await response.text());
    } catch (error) {
      if (error instanceof CdlmError) throw error;
      signal?.throwIfAborted();
      if (patience.aborted) return { kind: "timeout", problem: `no answer within ${timeout / 1000} seconds` };
      const cause = (error as Error).cause;
      return { kind: "dropped", problem: this.clean(cause instanceof Error ? cause.message : String(error)) };
    }
  }

  private read(response: Response, text: string): Outcome {
    const { status, ok, headers } = response;
    if (status === 401 || status === 403) throw this.failure("it refuses the key", `status ${status}`);
    if (!ok) {
      const problem = `status ${status}: ${this.clean(text)}`;
      if (status < 500 && status !== 408 && status !== 429)
        throw this.failure("it refuses the request", problem, new Refusal(problem));
      return { kind: String(status), problem, retryAfter: waitOf(headers.get("retry-after")) };
    }
    try {
      return { value: parseJson(text) };
    } catch {
      return { kind: "no JSON", problem: `an answer that is no JSON: ${this.clean(text)}` };
    }
  }

  failure(what: string, received: string, cause?: unknown): CdlmError {
    const message = `the language model at ${this.place} does not answer: ${what}`;
    const hint = "Check the address, the server and CDLM_LLM_KEY";
    return new CdlmError("NETWORK_FAILED", message, { received, hint, cause });
  }

  /** A piece of a server's message; servers are known to quote the key. */
  private clean(text: string): string {
    const { apiKey } = this.options;
    const safe = apiKey ? text.replaceAll(apiKey, "…").replace(/sk-[\w-]{8,}/g, "…") : text;
    return safe.replace(/\s+/g, " ").slice(0, 300);
  }
}

type Outcome = { value: unknown } | { kind: string; problem: string; retryAfter?: number | undefined };

/** Milliseconds of a Retry-After header: seconds or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? 1000 * seconds : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
