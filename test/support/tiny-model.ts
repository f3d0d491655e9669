import { train } from "../../lib/trainer.js";
import { golden } from "./golden.js";
import { smallData } from "./small-data.js";

/** Trains a tiny recogniser into `folder`; it knows next to nothing, and loads and runs in milliseconds. */
export async function writeTinyModel(folder: string): Promise<void> {
  const data = await smallData("politics", { train: 16, dev: 4 });
  await train({ encoder: golden("tiny-bert"), data, out: folder, options: { epochs: 1, batchSentences: 8 } });
}

/** A text that keeps the tiny model busy for a second or more. */
export const longText = "The Labour Party won 2,000 votes in Leeds and lost the seat . ".repeat(4000);
