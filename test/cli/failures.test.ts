import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { cp, truncate } from "node:fs/promises";
import path from "node:path";
import { packageRoot } from "../../lib/native/load.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { cli, itOnUnix } from "./run-cli.js";
import { tinyData, tinyEncoder, tinyModel } from "./tiny-model.js";

/** Runs a command whose stdout goes to a disk that is full. */
function fullOutput(args: readonly string[], input = "") {
  const main = path.join(packageRoot, "dist/lib/cli/main.js");
  const full = openSync("/dev/full", "w");
  try {
    return spawnSync(process.execPath, [main, ...args], { input, stdio: ["pipe", full, "pipe"], encoding: "utf8" }); // prettier-ignore
  } finally {
    closeSync(full);
  }
}

describe("what cdlm says when something is wrong", () => {
  const temporary = useTemporaryDirectory();
  const { file } = temporary;

  /** Runs a command that must fail: a message for people, no stack, nothing on stdout. */
  async function failure(code: number, ...args: string[]): Promise<string> {
    const result = await cli(args);
    assert.deepEqual([result.code, result.stdout], [code, ""], result.stderr);
    assert.doesNotMatch(result.stderr, /^ +at /m);
    return result.stderr;
  }

  const evaluate = async (data: string) =>
    failure(1, "evaluate", "--model", await tinyModel(), "--data", data, "--json");

  it("a model folder without its files", async () => {
    const message = await failure(1, "evaluate", "--model", file("none"), "--data", "x.txt");
    assert.match(message, /x\.txt: no such file/);
    const data = await temporary.write("d.txt", "a\tO\n");
    assert.match(await failure(1, "evaluate", "--model", file("none"), "--data", data), /none.config\.json: is missing.*A model folder holds/); // prettier-ignore
  });

  it("weights that were cut off", async () => {
    await cp(await tinyModel(), file("cut"), { recursive: true });
    await truncate(file("cut/model.safetensors"), 100_000);
    const data = await temporary.write("d.txt", "a\tO\n");
    const message = await failure(1, "evaluate", "--model", file("cut"), "--data", data);
    assert.match(message, /cut.model\.safetensors: .*expected .*received/);
  });

  const badData: [what: string, content: string | Uint8Array, message: RegExp][] = [
    ["a tag that is none", "a\tO\nb\tperson\n", /bad\.txt:2: .*person/],
    ["a line of one column", "a\tO\nb\n", /bad\.txt:2: .*one column/],
    ["bytes that are no UTF-8", Buffer.from("a\tO\nb\xff\tO\n", "latin1"), /bad\.txt:2: wrong encoding/],
    ["no sentence", "\n\n", /bad\.txt: /],
    [
      "types that the model does not know",
      "Nile\tB-river\n",
      /the model does not know.*received river.*adapt/,
    ],
  ];
  for (const [what, content, message] of badData)
    it(`data with ${what}`, async () => assert.match(await evaluate(await temporary.write("bad.txt", content)), message)); // prettier-ignore

  it("a JSONL record with a wrong field", async () => {
    const data = await temporary.write("bad.jsonl", '{"tokens": ["a"], "tags": ["O"]}\n{"text": "a"}\n');
    assert.match(await evaluate(data), /bad\.jsonl:2: .*entities/);
  });

  it("a folder without training data", async () => {
    const message = await failure(1, "train", "--encoder", tinyEncoder, "--data", file("."), "--out", file("m")); // prettier-ignore
    assert.match(message, /no training data in this directory; expected train\.txt or train\.jsonl/);
  });

  it("a device that this build does not have", async () => {
    const args = [
      "evaluate",
      "--model",
      await tinyModel(),
      "--data",
      await temporary.write("d.txt", "a\tO\n"),
    ];
    assert.match(await failure(1, ...args, "--device", "cuda"), /without CUDA|no CUDA device|driver/);
  });

  it("wrong usage ends with 2", async () => {
    const data = await tinyData("politics");
    const train = ["train", "--encoder", tinyEncoder, "--data", data, "--out", file("m")];
    const cases: [args: string[], message: RegExp][] = [
      [[], /Usage: cdlm/],
      [["tran"], /unknown command 'tran'.*\n?.*train/],
      [["train"], /required option '--encoder <dir>'/],
      [[...train, "--epoch", "2"], /unknown option '--epoch'.*\n?.*--epochs/],
      [[...train, "--epochs", "two"], /a whole number is expected/],
      [[...train, "--epochs", "0"], /epochs: .*>=1/],
      [[...train, "--draw", "2"], /--few-shot/],
      [[...train, "--device", "gpu"], /Allowed choices are auto, cpu, cuda, reference/],
      [[...train, "--precision", "fp16"], /Allowed choices are auto, fp32, bf16/],
      [[...train, "--threads", "0"], /threads/],
      [[...train, "--threads", "1025"], /threads: .*<=1024/],
      [["adapt", "--method", "magic"], /Allowed choices are/],
      [["predict", "--model", "m", "--format", "xml"], /Allowed choices are text, jsonl, conll, html/],
      [
        ["predict", "--model", await tinyModel(), "--batch-pieces", "0"],
        /batchPieces is out of range; expected a whole number, 1 to 65,536, received 0/,
      ],
      [
        ["predict", "--model", await tinyModel(), "--format", "conll", "--batch-pieces", "0"],
        /batchPieces is out of range/,
      ],
      [
        ["evaluate", "--data", data, "--llm", "m.gguf", "--html", "page.html"],
        /'--llm <file\|url>' cannot be used with option '--html <file>'/,
      ],
      [
        ["evaluate", "--data", data, "--model", "m", "--shots", "3"],
        /'--model <dir>' cannot be used with option '--shots <k>'/,
      ],
      [["models", "gpt-5"], /Allowed choices are all-MiniLM-L6-v2/],
      [["pull", "no name"], /no name of a repository/],
      [["bench", "--only", "nothing"], /unknown trial/],
    ];
    for (const [args, message] of cases) assert.match(await failure(2, ...args), message, args.join(" "));
  });

  it("a full disk behind its output", async function () {
    if (!existsSync("/dev/full")) return this.skip();
    for (const args of [["doctor"], ["doctor", "--json"], ["bench", "--list"]]) {
      const { status, stderr } = fullOutput(args);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /standard output cannot be written to.*ENOSPC/);
      assert.doesNotMatch(stderr, /^ +at /m);
    }
    const predict = fullOutput(["predict", "--model", await tinyModel()], "London\n");
    assert.deepEqual([predict.status, /cannot be written to/.test(predict.stderr)], [1, true]);
  });

  itOnUnix("a second Ctrl-C, which ends at once what the first one has not ended", async () => {
    const [failure, pipe] = [path.join(packageRoot, "dist/lib/cli/failure.js"), file("pipe")];
    spawnSync("mkfifo", [pipe]); // opening it waits for a writer, who never comes
    const deaf = `require(${JSON.stringify(failure)}).interruptible(() => fs.promises.open(${JSON.stringify(pipe)}))`;
    const child = spawn(process.execPath, ["-e", `${deaf}; console.log("begun")`]);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const [told] = (await once(child.stderr, "data")) as [Buffer];
    assert.match(String(told), /Stopping; once more ends at once/);
    assert.equal(child.exitCode, null);
    const exit = once(child, "exit");
    child.kill("SIGINT"); // a shell says 130 of what it ends
    assert.deepEqual(await exit, [null, "SIGINT"]);
  });

  it("CDLM_DEBUG adds the stack", async () => {
    process.env.CDLM_DEBUG = "1";
    try {
      const { stderr } = await cli(["evaluate", "--model", "none", "--data", "none"]);
      assert.match(stderr, /^ +at /m);
    } finally {
      delete process.env.CDLM_DEBUG;
    }
  });
});
