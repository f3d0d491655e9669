/**
 * Which lines of the CUDA sources the tests ran on the emulated device: node cuda-coverage.js BUILD_FOLDER, of a build with
 * CDLM_COVERAGE. Prints the share and the lines that were not run; ends with 1 below 85 %.
 */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

const least = 85; // percent

interface Gcov {
  files: { file: string; lines: { line_number: number; count: number }[] }[];
}

/** How often each line was run, by file under native/: whichever template or lambda made of it ran. */
function linesRun(folder: string): Map<string, Map<number, number>> {
  const found = new Map<string, Map<number, number>>();
  const data = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".cu.gcda"),
  );
  for (const file of data) {
    const report = execFileSync("gcov", ["--json-format", "--stdout", path.join(folder, file)], { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] }); // prettier-ignore
    for (const document of report.toString().trim().split("\n"))
      for (const { file: source, lines } of (JSON.parse(document) as Gcov).files) {
        const name = /native\/(?:ops|cuda)\/.*\.cu$|native\/cuda\/.*\.h$/.exec(source)?.[0];
        if (name === undefined) continue;
        const counts = found.get(name) ?? new Map<number, number>();
        found.set(name, counts);
        for (const { line_number: line, count } of lines) counts.set(line, (counts.get(line) ?? 0) + count);
      }
  }
  return found;
}

const files = linesRun(path.resolve(process.argv[2]!));
let [all, run] = [0, 0];
for (const [name, counts] of [...files].sort()) {
  const missed = [...counts].filter(([, count]) => count === 0).map(([line]) => line);
  all += counts.size;
  run += counts.size - missed.length;
  if (missed.length > 0) console.log(`${name}: ${missed.sort((a, b) => a - b).join(", ")}`);
}
console.log(
  `${((100 * run) / Math.max(1, all)).toFixed(1)} % of ${all} lines in ${files.size} CUDA sources were run`,
);
if (!(run >= (least / 100) * all && all > 0)) process.exitCode = 1;
