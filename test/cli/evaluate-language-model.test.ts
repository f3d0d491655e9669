import assert from "node:assert/strict";
import type { InContextScores } from "../../lib/in-context.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { fakeServer, says, type FakeServer } from "../reasoning/fake-server.js";
import { cli } from "./run-cli.js";

const train = "Abba\tB-band\nsang\tO\n\nIt\tO\nrained\tO\n\nQueen\tB-band\nin\tO\nLeeds\tB-city\n\n";
const test = "Blur\tB-band\nplayed\tO\nin\tO\nNew\tB-city\nYork\tI-city\n\nPulp\tB-band\nrested\tO\n\n";

/** Finds the band, and a city only where the prompt has shown one; names somebody who is not there. */
const answer = (prompt: string) => {
  const text = /BEGIN TEXT\n"(.*)"\nEND TEXT$/.exec(prompt)![1]!;
  const band = { text: text.split(" ")[0], type: "band" };
  const city =
    text.includes("New York") && prompt.includes('"Leeds"') ? [{ text: "New York", type: "city" }] : [];
  return JSON.stringify({ entities: [band, ...city, { text: "Satan", type: "band" }] });
};

describe("cdlm evaluate --llm", () => {
  const folder = useTemporaryDirectory();
  let server: FakeServer;
  beforeEach(async () => {
    server = await fakeServer((request, ...rest) =>
      says(answer(request.messages[1]!.content))(request, ...rest),
    );
  });
  afterEach(() => server.close());

  async function evaluate(...more: string[]) {
    const data = await folder.write("test.txt", test);
    const llm = ["--llm", server.url, "--llm-model", "m"];
    return cli(["evaluate", ...llm, "--data", data, "--json", ...more]);
  }

  it("scores a language model that sees no, one or more examples", async () => {
    const examples = ["--examples", await folder.write("train.txt", train)];
    const f1: number[] = [];
    for (const shots of [0, 2]) {
      const { code, stdout, stderr } = await evaluate(...examples, "--shots", String(shots));
      assert.equal(code, 0, stderr);
      const scores = JSON.parse(stdout) as InContextScores;
      assert.deepEqual([scores.shots, scores.outside, scores.sentences, scores.types.band!.f1], [shots, 2, 2, 100]); // prettier-ignore
      f1.push(scores.micro.f1);
    }
    assert.deepEqual(f1, [80, 100]);
    const shown = server.requests.map(({ messages }) => messages[1]!.content);
    assert.ok(
      shown.every((prompt) => !prompt.includes("rained")),
      "a sentence without entities shows nothing",
    );
  });

  it("asks once for each sentence where answers are kept", async () => {
    const more = ["--shots", "0", "--store", folder.file("answers")];
    const first = await evaluate(...more);
    const again = await evaluate(...more);
    const timeless = (stdout: string) => ({ ...(JSON.parse(stdout) as InContextScores), seconds: 0 });
    assert.deepEqual(timeless(first.stdout), timeless(again.stdout));
    assert.equal(server.requests.length, 2);
  });

  it("says what is missing", async () => {
    const { code, stderr } = await evaluate("--shots", "3");
    assert.deepEqual([code, /--examples/.test(stderr)], [2, true]);
    const neither = await cli(["evaluate", "--data", await folder.write("test.txt", test)]);
    assert.deepEqual([neither.code, /--model or --llm/.test(neither.stderr)], [2, true]);
  });
});
