import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Random } from "../../lib/data/random.js";
import { temporaryFolder, weightsOf, writeSmallData } from "../support/small-data.js";

const kills = Number(process.env.CDLM_KILLS ?? 5);
const program = path.join(__dirname, "train-and-adapt.js");

describe("runs that are killed", function () {
  this.timeout(60_000 + kills * 20_000);

  it(`${kills} kills at random moments of train and adapt end in the bits of a run that was not`, async () => {
    await using folder = await temporaryFolder();
    const [whole, killed] = ["whole", "killed"].map((name) => path.join(folder.path, name));
    await writeSmallData(path.join(whole!, "source"), "politics", { train: 40, dev: 12 });
    await writeSmallData(path.join(whole!, "target"), "music", { train: 30, dev: 12 });
    await mkdir(killed!);
    for (const data of ["source", "target"])
      await cp(path.join(whole!, data), path.join(killed!, data), { recursive: true });
    const begin = performance.now();
    assert.equal(await start(whole!, 1, 60).ended, 0);
    const life = performance.now() - begin; // of a run that is not killed, on a machine as busy as this one is
    const expected = await Promise.all(
      ["model", "adapted"].map((name) => weightsOf(path.join(whole!, name))),
    );
    const random = Random.of(Date.now() % 2 ** 31, "kills");
    let [done, round] = [0, 0];
    while (done < kills) {
      done += await killUntilDone(killed!, kills - done, () => random.next() * life);
      const actual = await Promise.all(
        ["model", "adapted"].map((name) => weightsOf(path.join(killed!, name))),
      );
      actual.forEach((weights, k) => assert.ok(weights.equals(expected[k]!), `model ${k} of round ${round}`));
      await assertTidy(path.join(killed!, "adapted"));
      for (const name of ["model", "adapted", "trained"])
        await rename(path.join(killed!, name), path.join(folder.path, `${name}${round}`));
      round++;
    }
  });
});

/** Starts the run again and again, kills it at most so often, and lets it end. Returns how often it was killed. */
async function killUntilDone(folder: string, most: number, delay: () => number): Promise<number> {
  for (let count = 0; ; count++) {
    const { child, ended } = start(folder, 1 + (count % 2), 0);
    const moment = count < most ? wait(delay(), "time") : new Promise<never>(() => {});
    if ((await Promise.race([ended, moment])) === "time") child.kill("SIGKILL");
    const code = await ended;
    if (code === 0) return count;
    assert.ok(code === null && child.signalCode === "SIGKILL", `the run ended by itself with ${code}`);
  }
}

function start(folder: string, threads: number, checkpointSeconds: number) {
  const arguments_ = [program, folder, String(threads), String(checkpointSeconds)];
  const child = spawn(process.execPath, arguments_, { stdio: "inherit" });
  return { child, ended: new Promise<number | null>((resolve) => child.once("exit", resolve)) };
}

/** Neither a checkpoint nor half-written files are left. */
async function assertTidy(model: string): Promise<void> {
  const files = await readdir(model);
  const expected = ["cdlm.json", "config.json", "metrics.jsonl", "model.safetensors", "tokenizer.json"];
  assert.deepEqual(files.sort(), expected);
}
