import { existsSync } from "node:fs";
import path from "node:path";
import { causalInput } from "../../lib/cli/causal-input.js";
import { materialOf, noCounts, type Case } from "../../lib/llm/case.js";
import type { CausalDocument } from "../../lib/llm/causal-document.js";
import type { Pair } from "../../lib/llm/acyclic.js";
import { LlamaModel } from "../../lib/llm/llama/llama-model.js";
import { loadNodeLlamaCpp } from "../../lib/llm/llama/load.js";
import type { JsonSchema, LanguageModel } from "../../lib/llm/language-model.js";
import { criterionNames, defaultExperts } from "../../lib/llm/prompts.js";
import { variablesOf } from "../../lib/llm/variables.js";
import { vote, votersPrompt } from "../../lib/llm/voting.js";
import { packageRoot } from "../../lib/native/load.js";
import { compete, type Contestant } from "../rounds.js";
import type { Trial, TrialContext, TrialResult } from "../trial.js";

const [texts, edgesPerText, rounds] = [2, 2, 1];
const domain = "politics";
const experts = defaultExperts.slice(0, 3);
const scores = { enum: [1, 2, 3, 4, 5] };
const listOf = (count: number) => ({ type: "array", items: scores, minItems: count, maxItems: count });
/** Another GGUF file: how much slower writing is than reading depends on the size and the format of the weights. */
const file =
  process.env.CDLM_BENCH_LLM ??
  path.join(packageRoot, ".cache/models/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf");

export const trial: Trial = {
  id: "vote",
  title:
    "A vote of experts on an edge by SmolLM2: probabilities of the scores' tokens, or the same in written JSON",
  onRequest: true,
  run,
};

async function run({ threads, data, log }: TrialContext): Promise<TrialResult> {
  const missing = await missingParts();
  if (missing.length > 0) return { measurements: [], ratios: {}, facts: {}, missing };
  // One sequence: what prompts have in common is read once by everybody.
  await using model = await LlamaModel.open(file, { threads, parallel: 1 });
  const cases = await votedCases(model, path.join(data, "test.txt"));
  log(`${texts} texts with ${edgesPerText} edges each, ${experts.length} experts, ${rounds} rounds`);
  const decided = contestant("cdlm, decided", cases, (subject, edge) => vote(subject, edge, experts));
  const { measurements, ratios } = await compete(
    [decided],
    [
      contestant("JSON, an integer for each question", cases, byQuestion),
      contestant(
        "JSON, three integers for each expert",
        cases,
        byExpert(listOf(criterionNames.length), "JSON"),
      ),
      contestant("JSON, nine integers for all at once", cases, allAtOnce),
    ],
    rounds,
  );
  // Takes as long as all the others together: one round.
  const reasoned = contestant("JSON with reasons", cases, byExpert(withReasons, "JSON, an object with the reason of each score")); // prettier-ignore
  const [median] = (await reasoned.measure()) as [number];
  measurements.push({ name: reasoned.name, median, min: median, max: median, rate: reasoned.rate(median) });
  ratios[`${decided.name} / ${reasoned.name}`] = median / measurements[0]!.median;
  const facts = { texts, edgesPerText, experts: experts.length, threads, model: path.basename(file) };
  return { measurements, ratios, facts, missing: [] };
}

async function missingParts(): Promise<string[]> {
  const missing = existsSync(file) ? [] : ["SmolLM2: run `cdlm models SmolLM2-135M-Instruct`"];
  try {
    await loadNodeLlamaCpp();
  } catch {
    missing.push("node-llama-cpp: run `npm ci --prefix test/llm`, and the trial from the folder test/llm");
  }
  return missing;
}

interface VotedCase {
  subject: Case;
  edges: Pair[];
}

/** The first texts with enough mentions; each of these is the claimed cause of the next. */
async function votedCases(model: LanguageModel, corpus: string): Promise<VotedCase[]> {
  const documents: CausalDocument[] = [];
  for await (const { document } of causalInput(corpus, undefined, new AbortController().signal))
    documents.push(document);
  const labels = [...new Set(documents.flatMap(({ entities }) => entities.map(({ type }) => type)))].sort();
  const cases: VotedCase[] = [];
  for (const document of documents) {
    const { subject, names } = caseOf(model, document, labels);
    if (names.length <= edgesPerText) continue;
    const edges = names.slice(0, edgesPerText).map((cause, k) => ({ cause, effect: names[k + 1]! }));
    if (cases.push({ subject, edges }) === texts) break;
  }
  return cases;
}

function caseOf(model: LanguageModel, document: CausalDocument, labels: string[]) {
  const variables = variablesOf(document, { labels, cues: [], limit: 40 });
  const material = materialOf(document.text, domain, labels);
  const shared = { counts: noCounts(), warnings: [], signal: undefined };
  const names = variables.filter(({ kind }) => kind === "mention").map(({ name }) => name);
  const subject: Case = { model, document, variables, domain, labels, material, ...shared };
  return { subject, names };
}

/**
 * Processor time of one edge, which other programs on the machine disturb less than the clock; with one thread it is what
 * a free core takes. The edges of a text are voted on together, as the reasoning does.
 */
function contestant(
  name: string,
  cases: readonly VotedCase[],
  work: (subject: Case, edge: Pair) => Promise<unknown>,
): Contestant {
  const measure = async () => {
    const before = process.cpuUsage();
    for (const { subject, edges } of cases) await Promise.all(edges.map((edge) => work(subject, edge)));
    const { user, system } = process.cpuUsage(before); // microseconds
    return [(user + system) / 1000 / (texts * edgesPerText)];
  };
  return { name, measure, rate: (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s of a core` };
}

/** Said once, before the text, as scales and experts are. */
const jsonForm = `As JSON, the scores of an expert are the list [${criterionNames.join(", ")}].`;

/** The same prompt with one more line, answered by writing. */
function write(subject: Case, edge: Pair, line: string, schema: JsonSchema) {
  const { system, user } = votersPrompt(subject, edge, experts, []);
  const prompt = { system: `${system}\n${jsonForm}`, user: `${user}\n${line}` };
  return subject.model.generate(prompt, schema, { maxTokens: 300, temperature: 0, seed: 0 });
}

/** Question by question, as they are decided. */
const byQuestion = (subject: Case, edge: Pair) =>
  Promise.all(
    experts.flatMap(({ name }) =>
      criterionNames.map((criterion) => write(subject, edge, `${name}: ${criterion}`, scores)),
    ),
  );

/** Expert by expert. */
const byExpert = (schema: JsonSchema, form: string) => (subject: Case, edge: Pair) =>
  Promise.all(experts.map(({ name }) => write(subject, edge, `${name}: ${form}`, schema)));

/** In one answer, where the scores of an expert follow those of another: quicker, and another vote. */
const allAtOnce = (subject: Case, edge: Pair) =>
  write(subject, edge, "all experts in one list: JSON", listOf(experts.length * criterionNames.length));

const withReasons = {
  type: "object",
  properties: Object.fromEntries(
    criterionNames.map((name) => [
      name,
      { type: "object", properties: { reason: { type: "string", maxLength: 160 }, score: scores } },
    ]),
  ),
};
