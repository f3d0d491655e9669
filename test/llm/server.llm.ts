import assert from "node:assert/strict";
import type { CausalGraph } from "../../lib/llm/causal-document.js";
import { OpenAiModel } from "../../lib/llm/openai/openai-model.js";
import { fails, fakeServer, type Reply } from "../reasoning/fake-server.js";
import { politics, runChain } from "./chain.js";

/**
 * Address of a real server that speaks OpenAI's protocol, such as llama.cpp's own with SmolLM2:
 * `llama-server -m FILE --port 8123` and http://127.0.0.1:8123/v1.
 */
const address = process.env.CDLM_LLM_SERVER;
const sentences = Number(process.env.CDLM_SENTENCES ?? 1);
const options = { passes: 1, experts: 2, rounds: 1, maxEdges: 3 };

(address === undefined ? describe.skip : describe)("a real server on loopback", function () {
  this.timeout(0);

  it("gives valid graphs with edges between members of X only, and decides by probabilities", async () => {
    await using llm = new OpenAiModel({ url: address!, model: "m", parallel: 2 });
    const { lines } = await runChain(await politics(sentences), llm, options);
    assert.equal(lines.length, sentences);
    const votes = lines.flatMap((line) =>
      (JSON.parse(line) as CausalGraph).edges.flatMap((edge) => edge.votes),
    );
    // A written letter alone would give whole scores without any spread.
    assert.ok(votes.every(({ spread }) => spread > 0), JSON.stringify(votes)); // prettier-ignore
    assert.deepEqual(llm.counts!.failures, {});
  });

  it("and the same behind a line that loses, delays and garbles answers, which is counted", async () => {
    const faults: Reply[] = [
      fails(429, "slow down", { "retry-after": "0" }),
      fails(500),
      (_, response) => response.destroy(),
      () => undefined,
      (_, response) => response.end('{"choices": [{'),
    ];
    const line = await fakeServer(...faults, passOn);
    const given = { url: line.url, model: "m", parallel: 1, pause: 10, timeout: 60_000 };
    await using llm = new OpenAiModel(given);
    const { lines } = await runChain(await politics(1), llm, options);
    assert.equal(lines.length, 1);
    const { requests, failures } = llm.counts!;
    assert.deepEqual(failures, { 429: 1, 500: 1, dropped: 1, timeout: 1, "no JSON": 1 });
    assert.equal(requests, line.requests.length);
    await line.close();
  });
});

/** Asks the real server. */
const passOn: Reply = (request, response) =>
  void fetch(`${address!}/chat/completions`, { method: "POST", body: JSON.stringify(request) }).then(
    async (answer) => response.writeHead(answer.status).end(await answer.text()),
  );
