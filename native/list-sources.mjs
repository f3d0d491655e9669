// Prints the addon's sources for binding.gyp, one a line: `kernels` (compiled once per instruction level) or `rest`.
// CMakeLists.txt follows the same rule; a test compares the two.
import { readdirSync } from "node:fs";
import process from "node:process";
import { URL } from "node:url";

const folder = new URL(".", import.meta.url);
const sources = readdirSync(folder, { recursive: true })
  .map((file) => `native/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".cc") && file.endsWith("_cpu.cc") === (process.argv[2] === "kernels"));
process.stdout.write(sources.sort().join("\n") + "\n");
