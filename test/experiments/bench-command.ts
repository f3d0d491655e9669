import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { RunRecord } from "../../bench/experiments/run-record.js";
import { golden } from "../support/golden.js";
import { writeMiniData, writeSuite } from "./mini-suite.js";

/** The command on a folder with data; results and caches stay inside it. */
export async function bench(folder: string, suite: object) {
  const file = await writeSuite(folder, suite);
  const data = path.join(folder, "data");
  if (!existsSync(data)) await writeMiniData(folder);
  const at = (name: string) => path.join(folder, name);
  const args = ["bench", "experiments", file, "--data", data, "--encoder", golden("tiny-bert"), "--results", at("results"), "--cache", at("cache"), "--threads", "1"]; // prettier-ignore
  const records = async () =>
    (await readFile(at("results/mini.jsonl"), "utf8")).split("\n").slice(1, -1).map((line) => JSON.parse(line) as RunRecord); // prettier-ignore
  return { args, records, at };
}
