import assert from "node:assert/strict";
import { loadAddon } from "../../lib/native/load.js";
import { version } from "../../lib/version.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { cli } from "./run-cli.js";

interface Diagnosis {
  ok: boolean;
  findings: { what: string; found: string; ok: boolean; advice?: string }[];
}

describe("cdlm doctor, bench and help", () => {
  const { file } = useTemporaryDirectory();

  it("doctor finds the addon and says what to do about models", async () => {
    const { code, stdout, stderr } = await cli(["doctor", "--json"], "", file("."));
    assert.deepEqual([code, stderr], [0, ""]);
    const { findings } = JSON.parse(stdout) as Diagnosis;
    const named = (what: string) => findings.find((finding) => finding.what === what)!;
    assert.match(named("addon").found, /cdlm\.node, instruction level \w+/);
    assert.match(named("models").advice!, /cdlm models/);
    assert.match(named("language model").advice!, /npm install node-llama-cpp/);
    assert.deepEqual(findings.map(({ what }) => what).sort(), ["CUDA", "Node", "addon", "language model", "memory", "models", "processor"]); // prettier-ignore
    const forPeople = await cli(["doctor"], "", file("."));
    assert.match(forPeople.stdout, /✓ addon: /);
  });

  it("doctor fails where the addon cannot be loaded, and says why", async () => {
    process.env.CDLM_ADDON = file("none.node");
    try {
      const { code, stdout } = await cli(["doctor", "--json"]);
      const { ok, findings } = JSON.parse(stdout) as Diagnosis;
      assert.deepEqual([code, ok, findings[0]!.ok], [1, false, false]);
      assert.match(findings[0]!.found, /none\.node/);
    } finally {
      delete process.env.CDLM_ADDON;
    }
  });

  it("doctor fails for a level that there is not, and says which there are", async () => {
    const before = process.env.CDLM_LEVEL;
    try {
      for (const level of ["avx9", ""]) {
        process.env.CDLM_LEVEL = level;
        const { code, stdout } = await cli(["doctor"]);
        assert.equal(code, 1);
        assert.match(stdout, /✗ addon: .*set by CDLM_LEVEL.*\n.*Set CDLM_LEVEL to one of .*plain/);
      }
    } finally {
      if (before === undefined) delete process.env.CDLM_LEVEL;
      else process.env.CDLM_LEVEL = before;
    }
  });

  it("bench lists its trials", async () => {
    const { code, stdout } = await cli(["bench", "--list", "--json"]);
    assert.equal(code, 0);
    for (const { id, title } of JSON.parse(stdout) as { id: string; title: string }[]) assert.ok(id && title);
  });

  it("bench on CUDA says why there is none, and which trials it has", async function () {
    if (loadAddon().cudaDevices().devices.length > 0) this.skip();
    for (const args of [
      ["bench", "train-step", "--device", "cuda"],
      ["bench", "gpu"],
    ]) {
      const { code, stdout, stderr } = await cli(args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.ok(stderr.startsWith(`cdlm: ${loadAddon().cudaDevices().problem}`), stderr);
    }
    for (const args of [
      ["bench", "gemm", "--device", "cuda"],
      ["bench", "gpu", "--trials", "gemm"],
    ]) {
      const { code, stderr } = await cli(args);
      assert.equal(code, 2);
      assert.match(stderr, /no such trial on cuda; expected train-step, .*received gemm/);
    }
  });

  it("help and version go to stdout and end with 0", async () => {
    const help = await cli(["--help"]);
    assert.deepEqual([help.code, help.stderr], [0, ""]);
    for (const command of [
      "pull",
      "models",
      "train",
      "adapt",
      "predict",
      "evaluate",
      "explain",
      "causal",
      "doctor",
      "bench",
    ])
      assert.match(help.stdout, new RegExp(`^  ${command} `, "m"));
    assert.equal((await cli(["--version"])).stdout, `${version}\n`);
    assert.match((await cli(["predict", "--help"])).stdout, /--batch-pieces <n>/);
  });
});
