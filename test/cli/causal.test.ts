import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { causalGraphSchema, type CausalGraph } from "../../lib/llm/causal-document.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { fails, fakeServer, type FakeServer, type Reply } from "../reasoning/fake-server.js";
import { reasons } from "../reasoning/reasoning-server.js";
import { cli, ended, itOnUnix, startCli } from "./run-cli.js";
import { tinyModel } from "./tiny-model.js";

const record = (id: number) => ({
  id,
  text: `Merkel resigned because Brown won in Berlin ${id}.`,
  entities: [{ start: 0, end: 6, type: "politician" }, { start: 24, end: 29, type: "politician" }, { start: 37, end: 43, type: "city" }], // prettier-ignore
  source: `page ${id}`,
});
const records = (count: number) =>
  Array.from({ length: count }, (_, k) => JSON.stringify(record(k)) + "\n").join("");
const graphsOf = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line) as CausalGraph & { source?: string }); // prettier-ignore

describe("cdlm causal", () => {
  const folder = useTemporaryDirectory();
  const servers: FakeServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((one) => one.close())));

  async function serve(reply: Reply = reasons): Promise<FakeServer> {
    servers.push(await fakeServer(reply));
    return servers.at(-1)!;
  }

  const args = (url: string, input: string, ...more: string[]) => ["causal", "--llm", url, "--llm-model", "m", "--input", input, "--out", folder.file("out.jsonl"), ...more]; // prettier-ignore
  const out = () => readFile(folder.file("out.jsonl"), "utf8");

  it("writes a valid graph for every document, a page, and one JSON document", async () => {
    const server = await serve();
    const input = await folder.write("in.jsonl", records(3));
    const html = folder.file("out.html");
    const { code, stdout, stderr } = await cli(args(server.url, input, "--html", html, "--json", "--domain", "politics")); // prettier-ignore
    assert.equal(code, 0, stderr);
    const graphs = graphsOf(await out());
    assert.deepEqual(graphs.map(({ id, source }) => [id, source]), [0, 1, 2].map((id) => [id, `page ${id}`])); // prettier-ignore
    for (const graph of graphs) {
      causalGraphSchema.parse(graph);
      assert.deepEqual(graph.edges.map(({ cause, effect, verdict }) => [cause, effect, verdict]), [["Merkel", "Brown", "accepted"]]); // prettier-ignore
    }
    const summary = JSON.parse(stdout) as Record<string, number>;
    assert.deepEqual([summary.documents, summary.causes, summary.outside], [3, 3, 0]);
    assert.match(stderr, /3\/3 documents, 3 causes, \d+ answers/);
    assert.ok(server.requests.some(({ messages }) => messages[0]!.content.includes("politics")));
    const page = await readFile(html, "utf8");
    assert.equal(page.match(/<svg /g)!.length, 3);
    assert.match(page, /Merkel → Brown/);
    assert.doesNotMatch(page, /<script|https?:|url\(|@import/);
  });

  it("asks nothing that it has an answer for, and gives the same bytes again", async () => {
    const server = await serve();
    const input = await folder.write("in.jsonl", records(4));
    await cli(args(server.url, input));
    const [first, asked] = [await out(), server.requests.length];
    const { code } = await cli(args(server.url, input));
    assert.deepEqual([code, await out(), server.requests.length], [0, first, asked]);
  });

  it("takes columns, and the mentions of a recogniser in raw texts", async () => {
    const server = await serve();
    const columns = await folder.write(
      "in.txt",
      "Tony\tB-person\nBlair\tI-person\nled\tO\nLabour\tB-party\n\n",
    );
    await cli(args(server.url, columns));
    const [graph] = graphsOf(await out());
    assert.equal(graph!.text, "Tony Blair led Labour");
    assert.deepEqual(graph!.variables.map(({ name }) => name), ["Tony Blair", "Labour", "party", "person"]); // prettier-ignore
    const texts = await folder.write("texts", "Angela Merkel met Barack Obama.\n\nNobody came.\n");
    const { code, stderr } = await cli(args(server.url, texts, "--model", await tinyModel()));
    assert.equal(code, 0, stderr);
    assert.deepEqual(graphsOf(await out()).map(({ text }) => text), ["Angela Merkel met Barack Obama.", "", "Nobody came."]); // prettier-ignore
  });

  it("shows solved examples to the model, and takes experts of a config file", async () => {
    const server = await serve();
    const input = await folder.write("in.jsonl", records(1));
    await cli(args(server.url, input));
    const solved = await folder.write("solved.jsonl", await out());
    const config = await folder.write(
      "c.json",
      '{"experts": [{"name": "A", "persona": "be kind."}], "passes": 1}',
    );
    const again = args(
      server.url,
      input,
      "--examples",
      solved,
      "--config",
      config,
      "--store",
      folder.file("other"),
    );
    assert.equal((await cli(again)).code, 0);
    assert.match(server.requests.at(-1)!.messages[1]!.content, /BEGIN TEXT/);
    const { messages } = server.requests.find(({ messages }) =>
      messages[1]!.content.includes("Solved examples"),
    )!;
    assert.match(messages[1]!.content, /Answer: \{"edges":\[\{"cause":"Merkel","effect":"Brown"/);
    assert.ok(server.requests.some(({ messages }) => messages[0]!.content.includes("\nA: be kind.\n")));
  });

  it("finds a bad line before it asks anything", async () => {
    const server = await serve();
    const input = await folder.write("in.jsonl", records(2) + '{"text": "x"}\n');
    const { code, stderr } = await cli(args(server.url, input));
    assert.equal(code, 1);
    assert.match(stderr, /in\.jsonl:3: /);
    assert.equal(server.requests.length, 0);
  });

  it("keeps what is done when the endpoint fails, and never shows the key", async () => {
    process.env.CDLM_LLM_KEY = "sk-secret-secret-1";
    try {
      let left = 16;
      const server = await serve((...call) =>
        (left-- > 0 ? reasons : fails(401, "bad key sk-secret-secret-1"))(...call),
      );
      const input = await folder.write("in.jsonl", records(4));
      const { code, stderr } = await cli(args(server.url, input, "--parallel", "1"));
      assert.equal(code, 1);
      assert.match(stderr, /refuses the key/);
      assert.ok(!stderr.includes("sk-secret"));
      assert.equal(graphsOf(await readFile(folder.file("out.jsonl.part"), "utf8")).length, 1);
      assert.deepEqual((await folder.list()).filter((name) => name.endsWith("out.jsonl")), []); // prettier-ignore
    } finally {
      delete process.env.CDLM_LLM_KEY;
    }
  });

  it("says what to install for a model in this process, and what an endpoint needs", async () => {
    const gguf = Buffer.concat([Buffer.from("GGUF"), Buffer.from([3, 0, 0, 0]), Buffer.alloc(100)]);
    const model = await folder.write("m.gguf", gguf);
    const input = await folder.write("in.jsonl", records(1));
    const local = await cli(["causal", "--llm", model, "--input", input, "--out", folder.file("o")], "", folder.file(".")); // prettier-ignore
    assert.equal(local.code, 1);
    assert.match(local.stderr, /npm install node-llama-cpp/);
    const nameless = await cli(["causal", "--llm", "http://localhost:1/v1", "--input", input, "--out", folder.file("o")]); // prettier-ignore
    assert.equal(nameless.code, 2);
    assert.match(nameless.stderr, /name of the model/);
  });

  itOnUnix("loses no answer and asks none again when it is killed, however often", async function () {
    this.timeout(240_000);
    const parallel = 4;
    const input = await folder.write("in.jsonl", records(12));
    const server = await serve((...call) => void sleep(5).then(() => reasons(...call)));
    let kills = 0;
    for (; kills < 10; kills++) {
      const child = startCli(args(server.url, input, "--parallel", String(parallel)));
      const before = server.requests.length;
      while (server.requests.length < before + 3 && child.exitCode === null) await sleep(2);
      await sleep((kills * 13) % 40);
      child.kill("SIGKILL");
      await ended(child);
    }
    assert.equal((await cli(args(server.url, input))).code, 0);
    const times = new Map<string, number>();
    for (const request of server.requests) {
      const key = createHash("sha256").update(JSON.stringify(request)).digest("hex");
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    const repeats = [...times.values()].reduce((sum, n) => sum + n - 1, 0);
    assert.ok(repeats <= kills * parallel, `${repeats} questions were asked again`);
    const interrupted = await out();
    await cli(args(server.url, input, "--store", folder.file("fresh")));
    assert.equal(interrupted, await out());
  });

  it("works in two processes on one store", async () => {
    const server = await serve();
    const input = await folder.write("in.jsonl", records(8));
    const both = await Promise.all(
      ["a", "b"].map((name) => cli(["causal", "--llm", server.url, "--llm-model", "m", "--input", input, "--out", folder.file(name), "--store", folder.file("answers")])), // prettier-ignore
    );
    assert.deepEqual(both.map(({ code }) => code), [0, 0]); // prettier-ignore
    assert.equal(await readFile(folder.file("a"), "utf8"), await readFile(folder.file("b"), "utf8"));
  });
});
