import { setImmediate as turn } from "node:timers/promises";
import type { CausalDocument } from "./causal-document.js";
import { findCauses, type FindCausesRequest } from "./find-causes.js";
import { Unanswered, type BatchPoster, type BatchRequest } from "./openai/batch.js";

/**
 * Goes through documents as far as the answers reach and gives the requests at which it had to stop; none: every
 * question has its answer.
 * @param poster what the model of `request` asks through
 */
export async function* missingRequests(
  documents: AsyncIterable<CausalDocument> | Iterable<CausalDocument>,
  request: FindCausesRequest,
  poster: BatchPoster,
): AsyncGenerator<BatchRequest> {
  for await (const document of documents) {
    try {
      for await (const _ of findCauses([document], request));
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
    }
    await turn(); // questions that were asked beside the one that failed
    yield* poster.take();
  }
}
