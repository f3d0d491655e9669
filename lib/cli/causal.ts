import { Command } from "commander";
import { writeLines } from "../data/atomic-lines.js";
import { writeGrowing } from "../files/growing-file.js";
import { CdlmError } from "../errors.js";
import { AnswerStore } from "../llm/answer-store.js";
import { causesOf, type CausalGraph } from "../llm/causal-document.js";
import { causalOptionsSchema, findCauses, type CausalOptions } from "../llm/find-causes.js";
import { StoredModel } from "../llm/stored-model.js";
import { Recognizer } from "../recognizer.js";
import { causePage } from "../report/cause-page.js";
import { causalBar } from "./causal-bar.js";
import { emitRequests, type BatchFlags } from "./causal-batch.js";
import { causalInput, surveyed, type InputDocument, type Survey } from "./causal-input.js";
import { graphsIn } from "./causal-output.js";
import { wholeNumber, withJson } from "./common-options.js";
import { readConfig } from "./config-file.js";
import { interruptible } from "./failure.js";
import { printJson } from "./print.js";
import { languageModelOf, withLanguageModel, type LanguageModelFlags } from "./language-model-flags.js";

export interface CausalFlags extends LanguageModelFlags, BatchFlags {
  input: string;
  out: string;
  model?: string;
  examples?: string;
  domain?: string;
  experts?: number;
  rounds?: number;
  config?: string;
  store?: string;
  html?: string;
  json?: boolean;
}

export function causalCommand(): Command {
  const command = new Command("causal")
    .description("find direct causes in texts with a language model: experts vote, discuss and validate")
    .requiredOption("--llm <file|url>", "GGUF file, or address of an OpenAI-compatible endpoint")
    .requiredOption("--input <file>", "columns or JSONL with entities; with --model, a text a line or JSONL")
    .requiredOption("--out <file>", "JSONL of causal graphs")
    .option("--model <dir>", "recogniser that finds the mentions")
    .option("--experts <k>", "experts that vote (default: 3)", wholeNumber)
    .option("--rounds <r>", "most rounds of discussion of an edge (default: 3)", wholeNumber)
    .option("--domain <words>", "what the texts are about")
    .option("--examples <file>", "solved graphs, as --out has them, that are shown to the model")
    .option("--config <file>", "JSON file with more options; flags win over it")
    .option("--store <file>", "where answers are kept (default: OUT.answers)")
    .option("--html <file>", "a page with a picture of each graph")
    .option("--emit-requests <file>", "ask nothing, write the open questions for an offline batch run")
    .option("--take-answers <file>", "answers of such a run");
  return withJson(withLanguageModel(command)).action(async (flags: CausalFlags) => {
    const summary = await interruptible(
      (signal) => causal(flags, signal),
      () => "Stopped; the same command goes on from here, and what is done is in OUT.part.",
    );
    if (flags.json) await printJson(summary);
  });
}

async function causal(flags: CausalFlags, signal: AbortSignal): Promise<object> {
  await using recognizer =
    flags.model === undefined ? undefined : await Recognizer.load(flags.model, { signal });
  const documents = () => causalInput(flags.input, recognizer, signal);
  // Read once before any question is asked: a bad line ends the run now, not after hours.
  const survey = await surveyed(documents());
  const types = recognizer?.types ?? survey.types;
  const options = await causalOptions(flags, types);
  const examples: CausalGraph[] = [];
  if (flags.examples !== undefined)
    for await (const graph of graphsIn(flags.examples, signal)) examples.push(graph);
  await using store = await AnswerStore.open(flags.store ?? `${flags.out}.answers`);
  const request = { ...options, examples, signal };
  if (flags.emitRequests !== undefined || flags.takeAnswers !== undefined) {
    const batch = await emitRequests(flags, store, documents, request);
    if (batch.requests > 0) return batch;
  }
  await using llm = new StoredModel(await languageModelOf(flags, signal), store);
  const summary = await write(flags, llm, documents(), survey, request);
  if (flags.html !== undefined)
    await writeLines(flags.html, causePage(flags.input, types, graphsIn(flags.out, signal)));
  return summary;
}

async function causalOptions(flags: CausalFlags, types: readonly string[]): Promise<CausalOptions> {
  const fromFile = flags.config === undefined ? {} : await readConfig(flags.config, causalOptionsSchema);
  const { experts, rounds, domain } = flags;
  const given = Object.entries({ experts, rounds, domain }).filter(([, value]) => value !== undefined);
  return { labels: [...types], ...fromFile, ...Object.fromEntries(given) };
}

async function write(
  flags: CausalFlags,
  llm: StoredModel,
  documents: AsyncIterable<InputDocument>,
  survey: Survey,
  request: CausalOptions & { signal: AbortSignal },
): Promise<object> {
  const extras: InputDocument["extra"][] = [];
  async function* plain() {
    for await (const { document, extra } of documents) {
      extras.push(extra);
      yield document;
    }
  }
  const summary = { documents: 0, proposed: 0, outside: 0, edges: 0, causes: 0, invalidAnswers: 0 };
  const started = performance.now();
  const bar = causalBar(survey.documents, llm.counts);
  async function* lines() {
    for await (const graph of findCauses(plain(), { ...request, llm })) {
      summary.documents++;
      summary.proposed += graph.counts.proposed;
      summary.outside += graph.counts.outside;
      summary.invalidAnswers += graph.counts.invalidAnswers;
      summary.edges += graph.edges.length;
      summary.causes += causesOf(graph).length;
      bar.update(summary);
      yield JSON.stringify({ ...extras.shift(), ...graph });
    }
    if (summary.documents !== survey.documents) throw changedInput(flags.input, survey, summary);
  }
  await writeGrowing(flags.out, lines()).finally(() => bar.stop());
  return { ...summary, answers: llm.counts, seconds: (performance.now() - started) / 1000, model: llm.name };
}

/** The input is read twice, which a pipe does not bear. */
const changedInput = (file: string, survey: Survey, summary: { documents: number }): CdlmError =>
  new CdlmError("DATA_INVALID", "the input was another when it was read a second time", {
    file,
    expected: `${survey.documents} texts`,
    received: `${summary.documents}`,
    hint: "Give a file, not a pipe",
  });
