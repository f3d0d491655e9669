/** A worker with a recogniser of its own. Work data: model, mode. */
import { parentPort, workerData } from "node:worker_threads";
import { Recognizer } from "../../lib/recognizer.js";
import { longText } from "../support/tiny-model.js";

export interface WorkerTask {
  model: string;
  /** answer: recognises a text and ends. busy: never ends by itself. throw: throws while it works. */
  mode: "answer" | "busy" | "throw";
}

async function work({ model, mode }: WorkerTask): Promise<void> {
  const ner = await Recognizer.load(model, { device: "cpu", threads: 2 });
  if (mode === "answer") {
    parentPort!.postMessage(await ner.recognize(["Tony Blair led the Labour Party in London ."]));
    return ner.dispose();
  }
  parentPort!.postMessage("ready");
  if (mode === "throw")
    setTimeout(() => {
      throw new Error("thrown in the middle of a run");
    }, 5);
  for (;;) await ner.recognize([longText]);
}

void work(workerData as WorkerTask);
