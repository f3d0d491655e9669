// Prints the addon's sources for binding.gyp, one a line: `kernels` (compiled once per instruction level), the name of a
// set of instructions for products (files of that suffix), or `rest`. CMakeLists.txt follows the same rule; a test
// compares the two.
import { readdirSync } from "node:fs";
import process from "node:process";
import { URL } from "node:url";

const suffixes = {
  kernels: "_cpu.cc",
  avx512bf16: "_avx512bf16.cc",
  avx512vnni: "_avx512vnni.cc",
  amx: "_amx.cc",
};
const partOf = (file) => Object.keys(suffixes).find((part) => file.endsWith(suffixes[part])) ?? "rest";

const folder = new URL(".", import.meta.url);
const sources = readdirSync(folder, { recursive: true })
  .map((file) => `native/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".cc") && partOf(file) === process.argv[2]);
process.stdout.write(sources.sort().join("\n") + "\n");
