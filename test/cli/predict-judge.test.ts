import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { RecognizedDocument } from "../../lib/index.js";
import { fakeServer, thinks, type FakeServer } from "../reasoning/fake-server.js";
import { cli } from "./run-cli.js";
import { learntModel, tinyData } from "./tiny-model.js";

describe("cdlm predict --judge", () => {
  let server: FakeServer;
  let text: string;
  let plain: RecognizedDocument;
  before(async () => {
    const data = await readFile(`${await tinyData("politics")}/train.txt`, "utf8");
    const words = data.split("\n\n")[0]!.split("\n").map((line) => line.split("\t")[0]!); // prettier-ignore
    text = words.join(" ");
    plain = await predict();
    assert.ok(plain.entities.length > 1);
  });
  /** Is certain that everything is an election. */
  beforeEach(async () => {
    const likes = thinks(({ messages }) => ({ [/^([A-Z])\. "election"$/m.exec(messages[1]!.content)![1]!]: 1 })); // prettier-ignore
    server = await fakeServer(likes);
  });
  afterEach(() => server.close());

  async function predict(...more: string[]): Promise<RecognizedDocument> {
    const { code, stdout, stderr } = await cli(["predict", "--model", await learntModel(), "--format", "jsonl", ...more], text); // prettier-ignore
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as RecognizedDocument;
  }

  async function judged(...more: string[]) {
    const before = server.requests.length;
    const document = await predict("--judge", server.url, "--llm-model", "m", ...more);
    return { document, questions: server.requests.length - before };
  }

  it("changes the entities that are less sure than the threshold to what the judge says", async () => {
    const confidences = plain.entities.map(({ confidence }) => confidence).sort((a, b) => a - b);
    assert.ok(plain.entities.every(({ type }) => type !== "election"));
    for (const [threshold, count] of [
      [1, confidences.length],
      [confidences[1]!, 1],
    ] as const) {
      const { document, questions } = await judged("--judge-threshold", String(threshold));
      const verdict = { type: "election", confidence: 1, decidedBy: "llm", llm: { type: "election", probability: 1 } }; // prettier-ignore
      const expected = plain.entities.map(({ type, confidence, ...entity }) =>
        confidence < threshold
          ? { ...entity, ...verdict, recogniser: { type, confidence } }
          : { ...entity, type, confidence, decidedBy: "recogniser" },
      );
      assert.deepEqual([document.entities, questions], [expected, count]);
    }
  });

  it("asks no more questions than the budget, about the least sure", async () => {
    const { document, questions } = await judged("--judge-threshold", "1", "--judge-budget", "1");
    const least = Math.min(...plain.entities.map(({ confidence }) => confidence));
    const deciders = plain.entities.map(({ confidence }) => (confidence === least ? "llm" : "recogniser"));
    assert.deepEqual(document.entities.map(({ decidedBy }) => decidedBy), deciders); // prettier-ignore
    assert.equal(questions, 1);
  });

  const nothing = [["--judge-threshold", "1", "--judge-budget", "0"], ["--judge-threshold", "0"]]; // prettier-ignore
  for (const flags of nothing)
    it(`asks nothing and changes nothing with ${flags.slice(-2).join(" ")}`, async () => {
      const { document, questions } = await judged(...flags);
      const own = plain.entities.map((entity) => ({ ...entity, decidedBy: "recogniser" }));
      assert.deepEqual([document.entities, questions], [own, 0]);
    });
});
