import assert from "node:assert/strict";
import timers from "node:timers/promises";
import { OpenAiModel, type OpenAiOptions } from "../../lib/llm/openai/openai-model.js";
import { isCdlmError } from "../data/expect-error.js";
import { fails, fakeServer, type FakeServer, type Reply } from "./fake-server.js";

describe("pauses between the attempts at an endpoint", () => {
  const { setTimeout: sleep } = timers;
  const { random } = Math;
  const servers: FakeServer[] = [];
  afterEach(async () => {
    Object.assign(timers, { setTimeout: sleep });
    Object.assign(Math, { random });
    await Promise.all(servers.splice(0).map((one) => one.close()));
  });

  async function ask(reply: Reply, options: Partial<OpenAiOptions>, signal?: AbortSignal): Promise<unknown> {
    const server = await fakeServer(reply);
    servers.push(server);
    const model = new OpenAiModel({ url: server.url, model: "m", ...options });
    return model.generate({ system: "", user: "" }, {}, { maxTokens: 1, temperature: 0, seed: 0, signal });
  }

  /** The pauses of an endpoint that always fails, which nobody waits for. */
  async function pausesOf(reply: Reply, retries: number, draw = 0.5): Promise<number[]> {
    const pauses: number[] = [];
    Object.assign(timers, { setTimeout: (pause: number) => Promise.resolve(void pauses.push(pause)) });
    Object.assign(Math, { random: () => draw });
    await assert.rejects(ask(reply, { retries, pause: 500 }), isCdlmError("NETWORK_FAILED"));
    return pauses;
  }

  it("double from attempt to attempt, up to a minute", async () => {
    const expected = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    assert.deepEqual(await pausesOf(fails(500), 9), expected);
  });

  it("are up to a quarter shorter or longer, by chance", async () => {
    assert.deepEqual(await pausesOf(fails(500), 2, 0), [375, 750]);
    assert.deepEqual(await pausesOf(fails(500), 2, 1), [625, 1250]);
  });

  it("are what the server says, up to a minute", async () => {
    assert.deepEqual(await pausesOf(fails(503, "later", { "retry-after": "7" }), 2), [7000, 7000]);
    assert.deepEqual(await pausesOf(fails(503, "later", { "retry-after": "3600" }), 1), [60_000]);
  });

  it("end with the signal's reason", async () => {
    const stop = new AbortController();
    const refused: Reply = (...call) => {
      fails(500)(...call);
      setTimeout(() => stop.abort(new Error("enough")), 20);
    };
    const started = performance.now();
    await assert.rejects(ask(refused, { pause: 60_000 }, stop.signal), /enough/);
    assert.ok(performance.now() - started < 2000);
  });
});
