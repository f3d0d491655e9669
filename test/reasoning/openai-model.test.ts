import assert from "node:assert/strict";
import { OpenAiModel, type OpenAiOptions } from "../../lib/llm/openai/openai-model.js";
import { isCdlmError } from "../data/expect-error.js";
import { fails, fakeServer, json, says, thinks, type FakeServer, type Reply } from "./fake-server.js";

const prompt = { system: "s", user: "u" };
const score = { kind: "score", text: "How good?", levels: ["1", "2", "3", "4", "5"] } as const;
const schema = { type: "object", properties: { reason: { type: "string", maxLength: 9 } } };
const options = { maxTokens: 9, temperature: 0, seed: 1 };

describe("a model behind an OpenAI-compatible endpoint", () => {
  let server: FakeServer;
  const servers: FakeServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((one) => one.close())));

  async function serve(replies: Reply[], more: Partial<OpenAiOptions> = {}): Promise<OpenAiModel> {
    servers.push((server = await fakeServer(...replies)));
    return new OpenAiModel({ url: server.url, model: "m", pause: 1, timeout: 2000, retries: 3, ...more });
  }

  it("writes JSON under a schema", async () => {
    const model = await serve([says('{"reason":"x"}')]);
    const { text, usage } = await model.generate(prompt, schema, options);
    assert.equal(text, '{"reason":"x"}');
    assert.deepEqual(usage, { inputTokens: 7, outputTokens: 3 });
    const sent = server.requests[0]!.response_format!.json_schema.schema;
    assert.deepEqual(sent, { type: "object", properties: { reason: { type: "string" } } });
  });

  it("decides by the probabilities of the letters", async () => {
    const model = await serve([thinks(() => ({ D: 0.6, " E": 0.15, "E.": 0.05, the: 0.2 }))]);
    const { probabilities } = await model.decide(prompt, score);
    [0, 0, 0, 0.75, 0.25].forEach((p, k) => assert.ok(Math.abs(probabilities[k]! - p) < 1e-9));
    assert.match(server.requests[0]!.messages[1]!.content, /^u\n\nQuestion: How good\?[^]*\nE\. 5$/);
  });

  it("asks for fewer probabilities, then for none, as the server likes it", async () => {
    const capped: Reply = (request, response) =>
      request.top_logprobs === 20
        ? fails(400, "top_logprobs must be at most 5")(request, response, {})
        : thinks(() => ({ B: 1 }))(request, response, {});
    const model = await serve([capped]);
    assert.deepEqual((await model.decide(prompt, score)).probabilities, [0, 1, 0, 0, 0]);
    assert.deepEqual((await model.decide(prompt, score)).probabilities, [0, 1, 0, 0, 0]);
    assert.deepEqual(server.requests.map((r) => r.top_logprobs), [20, 5, 5]); // prettier-ignore
    const none = await serve([
      (r, response) =>
        (r.top_logprobs ? fails(400, "logprobs are not supported") : says('{"answer":"C"}'))(r, response, {}),
    ]);
    assert.deepEqual((await none.decide(prompt, score)).probabilities, [0, 0, 1, 0, 0]);
    const silent = await serve([says('{"answer":"A"}')]);
    assert.deepEqual((await silent.decide(prompt, { kind: "yes-no", text: "?" })).probabilities, [1, 0]);
    const mumbling = await serve([says("Hm.")]);
    assert.deepEqual(
      (await mumbling.decide(prompt, { kind: "yes-no", text: "?" })).probabilities,
      [0.5, 0.5],
    );
  });

  it("asks each of several questions at once for fewer probabilities, none of them for too few", async () => {
    const capped: Reply = (request, response) =>
      request.top_logprobs! > 5
        ? fails(400, "top_logprobs must be at most 5")(request, response, {})
        : thinks(() => ({ A: 0.6, B: 0.4 }))(request, response, {});
    const model = await serve([capped]);
    const yes = { kind: "yes-no", text: "?" } as const;
    const answers = await Promise.all(Array.from({ length: 4 }, () => model.decide(prompt, yes)));
    for (const { probabilities } of answers) assert.ok(Math.abs(probabilities[0]! - 0.6) < 1e-9);
  });

  it("keeps the query of its address, and takes no password in it", async () => {
    const paths: (string | undefined)[] = [];
    const noted: Reply = (request, response, headers) => {
      paths.push(response.req.url);
      says("{}")(request, response, headers);
    };
    const model = await serve([noted]);
    const versioned = new OpenAiModel({ url: `${server.url}?api-version=7`, model: "m" });
    await model.generate(prompt, schema, options);
    await versioned.generate(prompt, schema, options);
    assert.deepEqual(paths, ["/v1/chat/completions", "/v1/chat/completions?api-version=7"]);
    const url = server.url.replace("//", "//user:pw@");
    assert.throws(() => new OpenAiModel({ url, model: "m" }), { code: "INVALID_OPTION" });
  });

  it("turns pages where there are more choices than probabilities", async () => {
    const choices = Array.from({ length: 50 }, (_, k) => `c${k}`);
    const likes = thinks(({ messages }) => {
      const letter = /^([A-Z])\. "c33"$/m.exec(messages[1]!.content)?.[1];
      return letter ? { [letter]: 0.8, ...(letter === "A" ? { B: 0.2 } : { A: 0.2 }) } : { A: 0.5, B: 0.5 };
    });
    const model = await serve([likes]);
    const { probabilities } = await model.decide(prompt, { kind: "choice", text: "?", choices });
    assert.equal(probabilities.length, 50);
    assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
    assert.equal(probabilities.indexOf(Math.max(...probabilities)), 33);
    assert.equal(server.requests.length, 4);
  });

  it("survives and counts 429, 500, a dropped connection, silence and what is no JSON", async () => {
    const model = await serve(
      [
        fails(429, "slow down", { "retry-after": "0" }),
        fails(500),
        (_, response) => response.destroy(),
        () => undefined,
        (_, response) => response.end("<html>"),
        (_, response) => {
          response.writeHead(200, { "content-length": 100 }).write('{"cho');
          setTimeout(() => response.destroy(), 10);
        },
        says("{}"),
      ],
      { retries: 6, timeout: 150 },
    );
    assert.equal((await model.generate(prompt, schema, options)).text, "{}");
    assert.deepEqual(model.counts, {
      requests: 7,
      failures: { 429: 1, 500: 1, dropped: 2, timeout: 1, "no JSON": 1 },
    });
  });

  it("waits as long as the server says", async () => {
    const model = await serve([fails(503, "later", { "retry-after": "1" }), says("{}")]);
    const started = performance.now();
    await model.generate(prompt, schema, options);
    assert.ok(performance.now() - started >= 990);
  });

  it("gives up after its attempts", async () => {
    const model = await serve([fails(500, "broken")]);
    await assert.rejects(model.generate(prompt, schema, options), isCdlmError("NETWORK_FAILED"));
    assert.equal(server.requests.length, 4);
  });

  it("never shows the key", async () => {
    const apiKey = "sk-very-secret-0123";
    for (const status of [401, 403, 500, 400]) {
      const model = await serve([fails(status, `bad key ${apiKey}`)], { apiKey });
      await assert.rejects(model.generate(prompt, schema, options), (error) => {
        const shown = `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`;
        return !shown.includes(apiKey);
      });
      assert.ok(!`${model.name} ${model.identity}`.includes(apiKey));
      if (status < 500) assert.equal(server.requests.length, 1, "another attempt would not help");
    }
    const url = "http://localhost:1/v1?key=hidden";
    const { name, identity } = new OpenAiModel({ url, model: "m" });
    assert.doesNotMatch(name + identity, /hidden/);
  });

  it("reports a refusal as its own error", async () => {
    const model = await serve([fails(400, "no such model")]);
    await assert.rejects(model.generate(prompt, schema, options), isCdlmError("NETWORK_FAILED"));
    const strange = await serve([(_, response) => json(response, 200, { choices: [] })]);
    await assert.rejects(strange.generate(prompt, schema, options), isCdlmError("NETWORK_FAILED"));
  });

  it("keeps to its number of requests at once, and stops at once", async () => {
    let [running, most] = [0, 0];
    const slow: Reply = (request, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        says("{}")(request, response, {});
      }, 20);
    };
    const model = await serve([slow], { parallel: 2 });
    await Promise.all(Array.from({ length: 6 }, () => model.generate(prompt, schema, options)));
    assert.equal(most, 2);
    const hanging = await serve([() => undefined], { timeout: 60_000 });
    const stop = new AbortController();
    const asked = hanging.generate(prompt, schema, { ...options, signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 20);
    const started = performance.now();
    await assert.rejects(asked, /enough/);
    assert.ok(performance.now() - started < 500);
  });

  it("answers nothing once it is disposed", async () => {
    const model = await serve([says("{}")]);
    await model.dispose();
    await model.dispose();
    await assert.rejects(model.generate(prompt, schema, options), isCdlmError("INVALID_STATE"));
    await assert.rejects(model.decide(prompt, score), isCdlmError("INVALID_STATE"));
    assert.equal(server.requests.length, 0);
  });
});
