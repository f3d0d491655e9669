import assert from "node:assert/strict";
import path from "node:path";
import { writeFile } from "node:fs/promises";
import { adapt, type AdaptRequest } from "../../lib/adapter.js";
import type { Dataset } from "../../lib/data/dataset.js";
import type { CausalGraph } from "../../lib/llm/causal-document.js";
import { labelNodes } from "../../lib/model/label-nodes.js";
import { objectiveSchema, type ObjectiveInput } from "../../lib/model/objective.js";
import { packPassages, cutSentence } from "../../lib/model/passages.js";
import { trainingInputs } from "../../lib/model/training-inputs.js";
import { TagSet } from "../../lib/text/tag-set.js";
import { Tokenizer } from "../../lib/text/tokenizer.js";
import { train } from "../../lib/trainer.js";
import { readCauses } from "../../lib/training/causes.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { golden } from "../support/golden.js";
import { smallData, temporaryFolder, weightsOf } from "../support/small-data.js";

const words = ["Nina", "Simone", "sang", "because", "Bowie", "asked"];
const tags = ["B-artist", "I-artist", "O", "O", "B-artist", "O"];
const text = words.join(" ");
const tagSet = new TagSet(["artist", "city"]);

const edge = (cause: string, effect: string, verdict: "accepted" | "rejected" = "accepted") => ({
  cause,
  effect,
  words: "",
  confidence: 1,
  votes: [],
  score: 5,
  verdict,
  decidedBy: "vote" as const,
  transcript: [],
});

const counts = { proposed: 0, outside: 0, repeated: 0, unsupported: 0, cycles: 0, indirect: 0, invalidAnswers: 0 }; // prettier-ignore
const graph: CausalGraph = {
  text,
  entities: [],
  variables: [
    { name: "Nina Simone", kind: "mention", type: "artist", start: 0, end: 11 },
    { name: "Bowie", kind: "mention", type: "artist", start: 25, end: 30 },
    { name: "because", kind: "cue", start: 17, end: 24 },
    { name: "artist", kind: "label" },
  ],
  edges: [edge("because", "artist"), edge("Bowie", "Nina Simone"), edge("Nina Simone", "Bowie", "rejected")],
  counts,
  warnings: [],
};

describe("causes in training", function () {
  this.timeout(60_000);
  const folder = useTemporaryDirectory();
  const written = (value: unknown) => folder.write("causes.jsonl", JSON.stringify(value) + "\n");

  it("are the words of accepted causes, by their effect's type", async () => {
    const causes = await readCauses(await written(graph), [{ words, tags }], tagSet);
    assert.deepEqual(causes.get(text), [
      { word: 3, type: "artist" },
      { word: 4, type: "artist" },
    ]);
  });

  it("mark words for the split and the mask, and share out edges to the label's node", async () => {
    const tokenizer = await Tokenizer.load(golden("tiny-bert"));
    const reader = { tokenizer, maxPositions: 64 };
    const passage = cutSentence(0, { words, tags }, reader, tagSet).passages[0]!;
    const nodes = labelNodes(tagSet, "types");
    const objective = objectiveSchema.parse({ causes: { mask: false } });
    const causes = [{ word: 3, type: "artist" }, { word: 4, type: "artist" }]; // prettier-ignore
    const packed = packPassages([passage], reader);
    const inputs = trainingInputs(packed, passage.gold!, { objective, nodes, tokenizer, causes });
    assert.deepEqual([...inputs.split!], [1, 1, 0, 1, 1, 0]);
    assert.deepEqual([...inputs.marked!], [1, 1, 0, 0, 1, 0]);
    const rows = words.map((_, word) => [...inputs.causeEdges!.subarray(3 * word, 3 * word + 3)]);
    assert.deepEqual(rows, [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0.5, 0], [0, 0.5, 0], [0, 0, 0]]); // prettier-ignore
  });

  it("of another text, of an unknown type, or no graph at all are refused with the line", async () => {
    const read = async (value: unknown) => readCauses(await written(value), [{ words, tags }], tagSet);
    await assert.rejects(read({ ...graph, text: "another" }), isCdlmError("DATA_INVALID", { line: 1 }));
    const unknown = { ...graph, variables: [...graph.variables.slice(0, 3), { name: "river", kind: "label" }], edges: [edge("because", "river")] }; // prettier-ignore
    await assert.rejects(read(unknown), isCdlmError("LABEL_MISMATCH", { line: 1 }));
    await assert.rejects(read({ text }), isCdlmError("DATA_INVALID", { line: 1 }));
    await assert.rejects(read("nonsense"), isCdlmError("DATA_INVALID", { line: 1 }));
  });

  it("change what is trained, each by its switch; nobody reads them: refused", async () => {
    await using temporary = await temporaryFolder();
    const data: Dataset = await smallData("music", { train: 12, dev: 4 });
    const options = { epochs: 1, batchSentences: 4, learningRate: 1e-3 };
    const at = (name: string) => path.join(temporary.path, name);
    await train({ encoder: golden("tiny-bert"), data, out: at("source"), options });
    const first = data.train.find((sentence) => sentence.tags.some((tag) => tag !== "O"))!;
    const type = data.types[0]!;
    const outside = first.tags.indexOf("O");
    const start = first.words.slice(0, outside).join(" ").length + Number(outside > 0);
    const about = {
      ...graph,
      text: first.words.join(" "),
      variables: [{ name: "x", kind: "cue", start, end: start + first.words[outside]!.length }, { name: type, kind: "label" }], // prettier-ignore
      edges: [edge("x", type)],
    };
    const causes = at("causes.jsonl");
    await writeFile(causes, JSON.stringify(about));
    const weights = async (objective: ObjectiveInput, more: Partial<AdaptRequest> = { causes }) => {
      const out = at("out");
      await adapt({ model: at("source"), data, out, options: { ...options, preset: "paper", objective: { interventions: { sentences: 0 }, ...objective } }, ...more }); // prettier-ignore
      return weightsOf(out);
    };
    const without = await weights({}, {});
    const none = { split: false, mask: false, edges: false };
    for (const only of ["split", "mask", "edges"] as const)
      assert.ok(!without.equals(await weights({ causes: { ...none, [only]: true } })), only);
    const request = { model: at("source"), data, out: at("out"), causes, options };
    await assert.rejects(adapt(request), isCdlmError("INVALID_OPTION"));
  });
});
