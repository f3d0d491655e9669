import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { fakeServer, type ChatRequest } from "../reasoning/fake-server.js";
import { reasons } from "../reasoning/reasoning-server.js";
import { cli } from "./run-cli.js";

interface Request {
  custom_id: string;
  method: string;
  url: string;
  body: ChatRequest;
}

/** What a batch service makes of a file of requests. */
function served(requests: Request[]): string {
  return requests
    .map(({ custom_id, body }) => {
      let answer = "";
      const response = { writeHead: () => response, end: (text: string) => (answer = text) };
      reasons(body, response as unknown as ServerResponse, {});
      return JSON.stringify({
        custom_id,
        response: { status_code: 200, body: JSON.parse(answer) as unknown },
      });
    })
    .join("\n");
}

describe("cdlm causal by offline batches", () => {
  const folder = useTemporaryDirectory();
  const text = (k: number) => `Merkel resigned because Brown won ${k}.`;
  const entities = [{ start: 0, end: 6, type: "politician" }, { start: 24, end: 29, type: "person" }]; // prettier-ignore
  const records = [1, 2, 3].map((k) => JSON.stringify({ text: text(k), entities })).join("\n");
  const run = async (llm: string, ...more: string[]) =>
    cli(["causal", "--llm", llm, "--llm-model", "m", "--input", await folder.write("in.jsonl", records), "--json", ...more]); // prettier-ignore
  const requestsIn = async (file: string) =>
    (await readFile(file, "utf8")).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Request); // prettier-ignore

  it("comes turn by turn to what a server gives", async () => {
    const [out, emitted] = [folder.file("out.jsonl"), folder.file("requests.jsonl")];
    const url = "http://localhost:9/v1";
    let turn = await run(url, "--out", out, "--emit-requests", emitted);
    const seen = new Set<string>();
    for (let turns = 1; turns < 20; turns++) {
      assert.equal(turn.code, 0, turn.stderr);
      const summary = JSON.parse(turn.stdout) as { requests?: number };
      if (summary.requests === undefined) break;
      const requests = await requestsIn(emitted);
      assert.equal(requests.length, summary.requests);
      for (const { custom_id, method, url } of requests) {
        assert.deepEqual([method, url, custom_id.length, seen.has(custom_id)], ["POST", "/v1/chat/completions", 64, false]); // prettier-ignore
        seen.add(custom_id);
      }
      const answers = await folder.write("answers.jsonl", served(requests));
      turn = await run(url, "--out", out, "--take-answers", answers, "--emit-requests", emitted);
    }
    const server = await fakeServer(reasons);
    const live = folder.file("live.jsonl");
    await run(server.url, "--out", live);
    await server.close();
    assert.equal(await readFile(out, "utf8"), await readFile(live, "utf8"));
    assert.equal(seen.size, server.requests.length, "a batch asks as many questions as a live run");
  });

  it("says which answers are missing, failed or no answers", async () => {
    const [out, emitted] = [folder.file("out.jsonl"), folder.file("requests.jsonl")];
    const url = "http://localhost:9/v1";
    await run(url, "--out", out, "--emit-requests", emitted);
    const [first] = await requestsIn(emitted);
    const busy = { custom_id: first!.custom_id, response: { status_code: 429, body: {} } };
    const useless = [401, 200].map((status_code) => ({ ...busy, response: { status_code, body: { choices: [] } } })); // prettier-ignore
    const answers = await folder.write("answers.jsonl", [busy, ...useless].map((line) => JSON.stringify(line)).join("\n")); // prettier-ignore
    const missing = await run(url, "--out", out, "--take-answers", answers);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /left questions open/);
    const again = await run(url, "--out", out, "--take-answers", answers, "--emit-requests", emitted);
    assert.deepEqual(JSON.parse(again.stdout), { taken: 0, failed: 3, requests: 3 });
    const bad = await run(
      url,
      "--out",
      out,
      "--take-answers",
      await folder.write("bad.jsonl", '{"id": 1}\n'),
    );
    assert.match(bad.stderr, /bad\.jsonl:1: the line is no answer/);
    const file = await run(await folder.write("m.gguf", "GGUF"), "--out", out, "--emit-requests", emitted);
    assert.equal(file.code, 2);
  });
});
