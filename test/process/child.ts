/** A child process that ends in some way while, before or after a recogniser works. Arguments: model,
 * how, delay in ms (or number of rounds). */
import { add } from "../../lib/graph/ops/add.js";
import { gather } from "../../lib/graph/ops/gather.js";
import { sumRows } from "../../lib/graph/ops/sum-rows.js";
import { Graph } from "../../lib/graph/tensor.js";
import { createEngine } from "../../lib/native/create-engine.js";
import { Recognizer } from "../../lib/recognizer.js";
import { longText } from "../support/tiny-model.js";

const [model, how, delay] = process.argv.slice(2) as [string, string, string];
const later = (act: () => void) => setTimeout(act, Number(delay));

const ways: Record<string, (ner: Recognizer) => unknown> = {
  /** Ends with code 7 in the middle of a run. */
  exit: (ner) => {
    later(() => process.exit(7));
    return forever(ner);
  },
  throw: (ner) => {
    later(() => {
      throw new Error("thrown in the middle of a run");
    });
    return forever(ner);
  },
  reject: (ner) => {
    later(() => void Promise.reject(new Error("rejected in the middle of a run")));
    return forever(ner);
  },
  disposed: async (ner) => {
    await ner.recognize(["London"]);
    await ner.dispose();
  },
  kept: (ner) => ner.recognize(["London"]),
  untouched: () => {},
  /** A run is going on that nobody waits for: the process ends when it has. */
  unawaited: (ner) => {
    void ner.recognize(["London"]).then(() => process.stdout.write("done"));
  },
  /** Ends by itself though it was disposed in the middle of a run. */
  disposedWhileBusy: (ner) => {
    void ner.recognize([longText.slice(0, 20_000)]).catch(() => {});
    later(() => void ner.dispose());
  },
  /** A recogniser is loaded, used and disposed again and again. */
  models: () =>
    rounds(async () => {
      await using ner = await Recognizer.load(model, { threads: 2 });
      await ner.recognize(["Tony Blair led the Labour Party in London ."]);
    }),
  /** A graph is compiled for another size, run and disposed again and again, on one engine. */
  programs: async () => {
    const engine = createEngine({ threads: 2 });
    await engine.define("table", [50, 64]);
    await rounds(async (k) => {
      const graph = new Graph();
      let rows = gather(graph.parameter("table", [50, 64]), graph.input("ids", "i32", ["n"]));
      for (let op = 0; op < 100; op++) rows = add(rows, rows); // a program that nobody released is to be felt
      const program = engine.program({ outputs: { sum: sumRows(rows) } });
      await program.run({ ids: new Int32Array(1 + ((k * 37) % 500)) });
      await program.dispose();
    });
    await engine.dispose();
  },
  /** Collected with its threads, without dispose. */
  collected: async () => {
    for (let k = 0; k < 20; k++) await Recognizer.load(model, { threads: 2 });
    collect();
  },
};

/** Prints the resident memory, in MB, after every tenth of so many rounds as the third argument says. */
async function rounds(work: (k: number) => Promise<void>): Promise<void> {
  for (let k = 1; k <= Number(delay); k++) {
    await work(k);
    if (k % 10 > 0) continue;
    collect();
    process.stdout.write(`${(process.memoryUsage.rss() / 2 ** 20).toFixed(2)} `);
  }
}

/** The collector, which the process was started with. */
function collect(): void {
  (globalThis as unknown as { gc: () => void }).gc();
}

async function forever(ner: Recognizer): Promise<void> {
  for (;;) await ner.recognize([longText]);
}

void Recognizer.load(model, { threads: 2 }).then((ner) => ways[how]!(ner));
