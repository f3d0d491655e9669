import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { node, root } from "./tarball.js";

/** One call of the compiler, as CMake writes it down. */
interface Compilation {
  directory: string;
  command: string;
  file: string;
}

describe("the native build", function () {
  this.timeout(60_000);
  const record = path.join(root, "build/compile_commands.json");
  let compilations: Compilation[];

  before(function () {
    if (!existsSync(record)) this.skip(); // Visual Studio's generator writes none
    compilations = JSON.parse(readFileSync(record, "utf8")) as Compilation[];
  });

  it("compiles by CMake what binding.gyp lists", () => {
    const ofCMake = new Set<string>();
    for (const { file } of compilations) {
      const source = path.relative(root, file).replaceAll("\\", "/");
      const isEmulated = source.endsWith(".cu"); // nvcc's calls are not written down, those for the emulated device are
      if (source.startsWith("native/") && !isEmulated) ofCMake.add(source);
    }
    const ofGyp = ["kernels", "avx512bf16", "avx512vnni", "amx", "rest"].flatMap((part) =>
      node(root, "native/list-sources.mjs", part).trim().split("\n"),
    );
    // Replaced by .cu files where nvcc is found.
    const standIn = "native/cuda/without_cuda.cc";
    const sorted = (sources: Iterable<string>) => [...sources].filter((source) => source !== standIn).sort();
    assert.deepEqual(sorted(ofCMake), sorted(ofGyp));
  });

  // The linker keeps one copy of a weak function. Were it one that a kernel file of a higher level emitted, the whole
  // process would run that level's instructions, which this processor may not have.
  it("emits no shared functions from files that are compiled per level", function () {
    if (process.platform !== "linux") this.skip();
    const strangers: string[] = [];
    let objects = 0;
    for (const { command, directory } of compilations) {
      const level = /-DCDLM_LEVEL=(\w+)/.exec(command)?.[1];
      const output = / -o (\S+)/.exec(command)?.[1];
      if (!level || !output) continue;
      objects++;
      const symbols = execFileSync("nm", ["-C", path.resolve(directory, output)], { encoding: "utf8" });
      for (const symbol of symbols.split("\n"))
        if (/ [WVu] /.test(symbol) && !symbol.includes(`cdlm::${level}::`))
          strangers.push(`${output}: ${symbol}`);
    }
    assert.ok(objects > 0);
    assert.deepEqual(strangers, []);
  });

  it("shows Node's entry points to the process and nothing else", function () {
    if (process.platform !== "linux") this.skip();
    const addon = path.join(root, "build/Release/cdlm.node");
    const symbols = execFileSync("nm", ["-D", "--defined-only", addon], { encoding: "utf8" });
    const names = symbols
      .trim()
      .split("\n")
      .map((line) => line.split(" ").at(-1));
    assert.deepEqual(names.sort(), ["napi_register_module_v1", "node_api_module_get_api_version_v1"]);
  });
});
