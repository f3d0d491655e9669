/** clang-format over every native source: checks, or with --write formats. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "../../..");
const sources = ["native", "test/native", "bench/native"].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(cc|h|cu|cuh)$/.test(file))
    .map((file) => path.join(root, folder, file)),
);
const mode = process.argv.includes("--write") ? ["-i"] : ["--dry-run", "--Werror"];
try {
  const formatter = path.join(root, "node_modules/clang-format/bin/linux_x64/clang-format");
  execFileSync(formatter, [...mode, "--style=file", ...sources], { stdio: "inherit", cwd: root });
} catch {
  process.exitCode = 1;
}
