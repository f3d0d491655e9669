/**
 * A child process that trains a tiny tagger on CUDA, with a checkpoint after every step, and says on stdout as JSON how it
 * ended and what the process can still do. Arguments: data folder, folder of the model.
 */
import { CdlmError } from "../../lib/errors.js";
import { createEngine, type DeviceOptions } from "../../lib/native/create-engine.js";
import { train } from "../../lib/trainer.js";
import { golden } from "../support/golden.js";

export interface End {
  /** "done", or code and message of what training failed with. */
  training: string;
  /** Of an engine that is started afterwards: "done" or the code. */
  cuda: string;
  cpu: string;
}

const options = { epochs: 2, batchSentences: 2, learningRate: 1e-3, evaluateFrom: 0, checkpointSeconds: 0 };

async function endOf(
  work: () => Promise<unknown>,
  say = ({ code }: CdlmError): string => code,
): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    if (error instanceof CdlmError) return say(error);
    throw error;
  }
}

/** Has an engine keep and return a number. */
async function use(device: DeviceOptions["device"]): Promise<void> {
  const engine = createEngine({ device, threads: 1 });
  await engine.define("x", [1]);
  await engine.read("x", 0, 0, 1);
  await engine.dispose();
}

async function run(data: string, out: string): Promise<End> {
  const training = await endOf(
    () =>
      train({ encoder: golden("tiny-bert"), data, out, options, device: { device: "cuda" }, resume: true }),
    ({ code, message }) => `${code} ${message}`,
  );
  return { training, cuda: await endOf(() => use("cuda")), cpu: await endOf(() => use("cpu")) };
}

const [data, out] = process.argv.slice(2);
void run(data!, out!).then((end) => process.stdout.write(JSON.stringify(end)));
