import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { itOnUnix } from "../cli/run-cli.js";
import { temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";
import { ask, firstStep, stateOf } from "./ask-desktop.js";
import { startDesktop, type Desktop } from "./start-desktop.js";

const singers = ["Nina Simone", "Miriam Makeba", "Joni Mitchell", "Billie Holiday"];
const lines = singers.flatMap((singer) =>
  ["Paris", "Rome", "Lagos"].map((city) => `${singer} sang in ${city}.`),
);

describe("an adaptation of the desktop example", function () {
  this.timeout(120_000);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => (folder = await temporaryFolder()));
  after(() => folder[Symbol.asyncDispose]());
  const at = (name: string) => path.join(folder.path, name);

  const start = () => startDesktop(["--model", at("model"), "--work", at("work"), "--epochs", "200"]);
  const checkpointedStep = async () => {
    const state = await readFile(at("work/adaptation/model/checkpoint/state.json"), "utf8");
    return (JSON.parse(state) as { step: number }).step;
  };

  itOnUnix("goes on from its checkpoint after the program has ended, and after it was killed", async () => {
    await writeTinyModel(at("model"));
    {
      await using desktop = await start();
      for (const text of lines)
        await ask(desktop, "PUT", "correction", { text, entities: [mentionOf(text)] });
      await ask(desktop, "POST", "adaptation");
      await untilStep(desktop, 5);
    }
    const step = await checkpointedStep();
    assert.ok(step >= 5);

    const killed = await start();
    assert.deepEqual((await stateOf(killed)).adaptation, { status: "stopped", progress: null });
    assert.ok((await resume(killed)) >= step);
    await untilStep(killed, step + 5);
    await killed.kill();
    const kept = await checkpointedStep();
    assert.ok(kept >= step);

    await using desktop = await start();
    const { adaptation, model } = await stateOf(desktop);
    assert.deepEqual([adaptation, model.generation], [{ status: "stopped", progress: null }, 0]);
    const next = await resume(desktop);
    assert.ok(next >= kept, `went on at step ${next}, not at ${kept}`);
    await until(async () => (await stateOf(desktop)).adaptation.status !== "running");
    const finished = await stateOf(desktop);
    assert.deepEqual([finished.adaptation.status, finished.model.generation], ["done", 1]);
    assert.ok(!existsSync(at("work/adaptation")));
  });

  itOnUnix("that has ended is not gone on with after a restart; its model is in use", async () => {
    await using desktop = await start();
    const { adaptation, model } = await stateOf(desktop);
    assert.deepEqual([adaptation, model.generation], [{ status: "idle" }, 1]);
  });
});

/** The first step after going on. */
async function resume(desktop: Desktop): Promise<number> {
  const events = await fetch(`${desktop.url}events`);
  await ask(desktop, "POST", "adaptation/resume");
  return firstStep(events);
}

function untilStep(desktop: Desktop, step: number): Promise<void> {
  return until(async () => {
    const { adaptation } = await stateOf(desktop);
    assert.equal(adaptation.status, "running", JSON.stringify(adaptation));
    return adaptation.status === "running" && (adaptation.progress?.step ?? 0) >= step;
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(20);
}

const mentionOf = (text: string) => ({ start: 0, end: text.indexOf(" sang"), type: "artist" });
