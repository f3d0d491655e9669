import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { CausalGraph } from "../../lib/llm/causal-document.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { fakeServer, thinks, type FakeServer } from "../reasoning/fake-server.js";
import { reasons } from "../reasoning/reasoning-server.js";
import { cli } from "./run-cli.js";

describe("flags of cdlm causal", () => {
  const folder = useTemporaryDirectory();
  let server: FakeServer;
  /** The first two experts disagree for ever. */
  beforeEach(async () => {
    server = await fakeServer((request, ...rest) => {
      const expert = /Question: the (linguist|domain expert): /.exec(request.messages[1]!.content)?.[1];
      const reply = expert ? thinks(() => (expert === "linguist" ? { E: 1 } : { A: 1 })) : reasons;
      reply(request, ...rest);
    });
  });
  afterEach(() => server.close());

  async function causal(...flags: string[]): Promise<CausalGraph["edges"][number]> {
    const input = await folder.write(
      "in.txt",
      "Tony\tB-person\nBlair\tI-person\nled\tO\nLabour\tB-party\n\n",
    );
    const config = await folder.write(
      "c.json",
      '{"experts": 3, "rounds": 2, "domain": "medicine", "passes": 1}',
    );
    const out = folder.file("out.jsonl");
    const args = ["--llm", server.url, "--llm-model", "m", "--input", input, "--out", out];
    const { code, stderr } = await cli(["causal", ...args, "--config", config, ...flags]);
    assert.equal(code, 0, stderr);
    return (JSON.parse(await readFile(out, "utf8")) as CausalGraph).edges[0]!;
  }

  /** The experts who were asked for votes, and the domains of all prompts. */
  function asked() {
    const texts = server.requests.map(({ messages }) => messages.map(({ content }) => content).join("\n"));
    const voters = texts.flatMap((text) => /Question: (.*): accuracy$/m.exec(text)?.[1] ?? []);
    const domains = texts.map((text) => /in the domain of (\w+)/.exec(text)![1]);
    return { voters: [...new Set(voters)].sort(), domains: [...new Set(domains)] };
  }

  it("are the config file's where they are not given", async () => {
    const { votes, transcript } = await causal();
    assert.deepEqual([votes.length, transcript.length], [3, 2]);
    const voters = ["the domain expert", "the linguist", "the sceptic"];
    assert.deepEqual(asked(), { voters, domains: ["medicine"] });
  });

  it("win over the config file", async () => {
    const { votes, transcript } = await causal("--experts", "2", "--rounds", "1", "--domain", "politics");
    assert.deepEqual([votes.length, transcript.length], [2, 1]);
    assert.deepEqual(asked(), { voters: ["the domain expert", "the linguist"], domains: ["politics"] });
  });
});
