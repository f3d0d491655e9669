import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { pull, type PullOptions, type PullProgress } from "../../lib/hub/pull.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { entry, fileOf } from "../files/safetensors-bytes.js";
import * as network from "./fake-network.js";

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const encoder = {
  "config.json": json({ model_type: "bert" }),
  "tokenizer.json": json({ model: {} }),
  "model.safetensors": fileOf({ a: entry("F32", [2], 0, 8) }, new Uint8Array(8)),
};
const hub = "https://huggingface.co";
const url = (name: string) => `${hub}/google-bert/tiny/resolve/main/${name}`;

describe("pulling an encoder", () => {
  const directory = useTemporaryDirectory();

  async function pullFrom(answers: Parameters<typeof network.fakeFetch>[0], options: PullOptions = {}) {
    const { fetch, asked } = network.fakeFetch(answers);
    const complete = { fetch, patience: 50, hubUrl: hub, ...options };
    await pull("google-bert/tiny", directory.file("out"), complete);
    return asked;
  }
  const all = (files: Record<string, Uint8Array> = {}) =>
    network.hubAnswers("google-bert/tiny", "main", { ...encoder, ...files });
  const exists = (name: string) =>
    readFile(directory.file(`out/${name}`)).then(
      () => true,
      () => false,
    );

  it("brings its three files and tells the progress", async () => {
    const told: PullProgress[] = [];
    await pullFrom(all(), { onProgress: (progress) => told.push(progress) });
    for (const [name, bytes] of Object.entries(encoder)) {
      assert.deepEqual(new Uint8Array(await readFile(directory.file(`out/${name}`))), bytes);
    }
    const { length } = encoder["model.safetensors"];
    assert.deepEqual(told.at(-1), { file: "model.safetensors", done: length, total: length });
  });

  it("refuses other architectures before their weights come, and keeps what was there", async () => {
    await pullFrom(all());
    const { fetch, asked } = network.fakeFetch(all({ "config.json": json({ model_type: "roberta" }) }));
    const roberta = pull("google-bert/tiny", directory.file("out"), { fetch, hubUrl: hub });
    await assert.rejects(roberta, isCdlmError("ARCHITECTURE_UNSUPPORTED", { received: '"roberta"' }));
    assert.deepEqual(new Set(asked), new Set([url("config.json")]));
    const kept = await readFile(directory.file("out/config.json"), "utf8");
    assert.equal(kept, '{"model_type":"bert"}');
  });

  it("asks the hub, the mirror that HF_ENDPOINT names or the given one, for the given revision", async () => {
    const { HF_ENDPOINT } = process.env;
    const mirror = "https://mirror.example";
    const origins = async (endpoint: string | undefined, hubUrl?: string) => {
      if (endpoint === undefined) delete process.env.HF_ENDPOINT;
      else process.env.HF_ENDPOINT = endpoint;
      const answers = network.hubAnswers("google-bert/tiny", "v2", encoder);
      const everywhere = [hub, mirror, "https://given.example"].flatMap((origin) =>
        Object.entries(answers).map(([place, answer]) => [place.replace(hub, origin), answer] as const),
      );
      const asked = await pullFrom(Object.fromEntries(everywhere), { revision: "v2", hubUrl });
      assert.ok(asked.length >= 3 && asked.every((place) => place.includes("/google-bert/tiny/resolve/v2/")));
      return [...new Set(asked.map((place) => new URL(place).origin))];
    };
    try {
      for (const none of [undefined, ""]) assert.deepEqual(await origins(none), [hub]);
      assert.deepEqual(await origins(mirror), [mirror]);
      assert.deepEqual(await origins(mirror, "https://given.example"), ["https://given.example"]);
    } finally {
      if (HF_ENDPOINT === undefined) delete process.env.HF_ENDPOINT;
      else process.env.HF_ENDPOINT = HF_ENDPOINT;
    }
  });

  it("says which file the repository lacks", async () => {
    const answer = () => new Response("", { status: 404, headers: { "x-error-code": "EntryNotFound" } });
    await assert.rejects(pullFrom({ ...all(), [url("model.safetensors")]: answer }), {
      code: "FILE_NOT_FOUND",
      message: /"google-bert\/tiny" at "main" has no model\.safetensors/,
    });
  });

  it("says what to do without a network, or when the hub is silent", async () => {
    await assert.rejects(pullFrom({}), {
      code: "NETWORK_FAILED",
      message:
        /^config\.json of .* cannot be downloaded: the name of the server is not known here \(ENOTFOUND\)\. Without a network, copy config\.json, /,
    });
    const silent = { ...all(), [url("tokenizer.json")]: network.silence };
    await assert.rejects(pullFrom(silent), {
      code: "NETWORK_FAILED",
      message: /no answer within 0\.05 seconds/,
    });
  });

  it("says when the repository is not given out", async () => {
    const answer = () => new Response("", { status: 401 });
    await assert.rejects(pullFrom({ [url("config.json")]: answer }), {
      code: "NETWORK_FAILED",
      message: /the hub does not give out "google-bert\/tiny".*received status 401/,
    });
  });

  it("accepts no weights that were cut or changed on the way", async () => {
    const weights = encoder["model.safetensors"];
    for (const wrong of [
      weights.slice(0, -1),
      Uint8Array.from(weights, (byte, k) => (k === weights.length - 1 ? byte ^ 1 : byte)),
    ]) {
      const honest = network.hubAnswer(weights);
      const answer = (request: Request) =>
        request.headers.has("range") ? honest(request) : new Response(wrong);
      await assert.rejects(
        pullFrom({ ...all(), [url("model.safetensors")]: answer }),
        isCdlmError("FILE_INVALID"),
      );
      assert.equal(await exists("model.safetensors"), false);
    }
  });

  it("refuses weights that are no safetensors file", async () => {
    const broken = pullFrom(all({ "model.safetensors": json("a page for people") }));
    await assert.rejects(broken, isCdlmError("FILE_INVALID"));
  });

  it("stops with the signal's reason", async () => {
    const stop = new AbortController();
    const answers = { ...all(), [url("tokenizer.json")]: network.silence };
    setTimeout(() => stop.abort(new Error("enough")), 20);
    await assert.rejects(pullFrom(answers, { signal: stop.signal, patience: 10_000 }), /enough/);
  });

  it("takes names of repositories only", async () => {
    for (const name of ["", "../x/y", "a/b/c", "a b", "https://huggingface.co/a/b"]) {
      await assert.rejects(pull(name, directory.file("out")), isCdlmError("INVALID_OPTION"));
    }
    assert.deepEqual(await directory.list(), []);
  });
});
