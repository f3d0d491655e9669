import type { CdlmError } from "../../errors.js";

/** What carries requests to a model that speaks OpenAI's protocol: the network, or files that are sent by hand. */
export interface Poster {
  /** The API's base for people and for keys: without user, password and query. */
  readonly place: string;
  /**
   * The answer to a request, as JSON.
   * @throws CdlmError NETWORK_FAILED, caused by a Refusal where another attempt would not help; the signal's reason
   */
  post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
  /** The error of an answer that cannot be used. */
  failure(what: string, received: string, cause?: unknown): CdlmError;
}

/** A request that the server refuses; another attempt would not help. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
