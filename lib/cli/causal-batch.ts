import { writeLines } from "../data/atomic-lines.js";
import { CdlmError } from "../errors.js";
import type { AnswerStore } from "../llm/answer-store.js";
import type { CausalOptions } from "../llm/find-causes.js";
import { missingRequests } from "../llm/offline.js";
import { isAddress } from "../llm/open-language-model.js";
import { BatchPoster, takeAnswers } from "../llm/openai/batch.js";
import { OpenAiModel } from "../llm/openai/openai-model.js";
import { StoredModel } from "../llm/stored-model.js";
import type { InputDocument } from "./causal-input.js";
import { languageModelOptions, type LanguageModelFlags } from "./language-model-flags.js";

export interface BatchFlags {
  emitRequests?: string;
  takeAnswers?: string;
}

export interface BatchSummary {
  taken: number;
  failed: number;
  /** Questions that are still open. */
  requests: number;
}

/**
 * Takes the answers of an offline batch run and writes what is still to be asked. Questions depend on earlier answers,
 * so it takes several turns until none is open.
 * @throws CdlmError INVALID_STATE where questions are open and there is no file for them
 */
export async function emitRequests(
  flags: BatchFlags & LanguageModelFlags,
  store: AnswerStore,
  documents: () => AsyncIterable<InputDocument>,
  request: CausalOptions & { signal: AbortSignal },
): Promise<BatchSummary> {
  const { model, poster } = modelByHand(flags, store);
  const { takeAnswers: answers, emitRequests: file } = flags;
  const taken =
    answers === undefined ? { taken: 0, failed: 0 } : await takeAnswers(answers, store, request.signal);
  let requests = 0;
  async function* lines() {
    const plain = documentsOf(documents());
    for await (const line of missingRequests(
      plain,
      { ...request, llm: new StoredModel(model, store) },
      poster,
    )) {
      requests++;
      yield JSON.stringify(line);
    }
  }
  if (file !== undefined) await writeLines(file, lines());
  else if (!(await lines().next()).done)
    throw new CdlmError("INVALID_STATE", "the batch has left questions open", {
      hint: "Add --emit-requests FILE to get them",
    });
  const { taken: right, failed } = taken;
  process.stderr.write(`${right} answers taken, ${failed} to be asked again, ${requests} questions open\n`);
  return { ...taken, requests };
}

function modelByHand(flags: LanguageModelFlags, store: AnswerStore) {
  if (!isAddress(flags.llm) || flags.llmModel === undefined)
    throw new CdlmError("INVALID_OPTION", "offline batch runs are for an endpoint", {
      expected: "--llm with the address and --llm-model with the name that the answers come from",
      received: flags.llm,
    });
  const place = new URL(flags.llm);
  const poster = new BatchPoster(place.origin + place.pathname.replace(/\/+$/, ""), store);
  const options = { ...languageModelOptions(flags), url: flags.llm, model: flags.llmModel, parallel: 256 };
  return { model: new OpenAiModel(options, poster), poster };
}

async function* documentsOf(input: AsyncIterable<InputDocument>) {
  for await (const { document } of input) yield document;
}
