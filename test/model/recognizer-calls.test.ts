import assert from "node:assert/strict";
import { Recognizer } from "../../lib/recognizer.js";
import { splitWords } from "../../lib/text/word-split.js";
import { isCdlmError } from "../data/expect-error.js";
import { ScriptedModel } from "../reasoning/scripted-model.js";
import { temporaryFolder } from "../support/small-data.js";
import { writeLearntModel } from "./learnt-model.js";

describe("calls of a recogniser", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ner: Recognizer;
  let texts: string[]; // of one window each, of several batches together
  before(async () => {
    folder = await temporaryFolder();
    const { train } = await writeLearntModel(folder.path);
    const short = train.map(({ words }) => words.slice(0, 20).join(" "));
    texts = Array.from({ length: 20 }, () => short).flat();
    ner = await Recognizer.load(folder.path, { threads: 1 });
  });
  after(async () => {
    await ner.dispose();
    await folder[Symbol.asyncDispose]();
  });

  const wordsOf = (some: readonly string[]) => some.map((text) => splitWords(text).map((word) => word.text));
  const countOf = (some: readonly string[]) => wordsOf(some).flat().length;
  const drain = async (items: AsyncIterable<unknown>) => {
    for await (const _ of items);
  };

  const calls: Record<string, (options: Parameters<Recognizer["recognize"]>[1]) => Promise<unknown>> = {
    recognize: (options) => ner.recognize(texts, options),
    tagWords: (options) => ner.tagWords(wordsOf(texts), options),
    stream: (options) => drain(ner.stream(texts, { ...options, batchPieces: 65_536 })),
  };
  for (const [name, call] of Object.entries(calls)) {
    it(`${name} tells the words that are done, up to all of them`, async () => {
      const told: [done: number, total: number][] = [];
      await call({ onProgress: (...progress) => told.push(progress) });
      assert.ok(told.length > 2 && told.every(([done], k) => done > (told[k - 1]?.[0] ?? 0)));
      const all = countOf(texts);
      assert.deepEqual(new Set(told.map(([, total]) => total)), new Set([all]));
      assert.equal(told.at(-1)![0], all);
    });

    it(`${name} ends with its signal's reason, in the middle and before it looks at confidences`, async () => {
      for (const isTime of [() => true, (done: number, total: number) => done === total]) {
        const stop = new AbortController();
        const reason = new Error("enough");
        let after = 0;
        const onProgress = (done: number, total: number) => {
          if (stop.signal.aborted) after++;
          else if (isTime(done, total)) stop.abort(reason);
        };
        const ending = call({ signal: stop.signal, onProgress });
        await assert.rejects(ending, (error) => error === reason);
        assert.equal(after, 0);
      }
    });
  }

  it("a judge's questions end with the signal's reason too", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const llm = new ScriptedModel({ decide: () => void stop.abort(reason) });
    const judged = ner.judgedBy({ llm, threshold: 1 });
    await assert.rejects(judged.recognize(texts, { signal: stop.signal }), (error) => error === reason);
    assert.ok(llm.decisions.length < 20);
  });

  /** Texts of 8 characters, 3 pieces by the stream's measure, which fails after `count` of them. */
  function source(count: number) {
    const state = { drawn: 0, closed: false };
    function* draw() {
      try {
        for (; state.drawn < count; state.drawn++) yield `Line ${100 + state.drawn}`;
        throw new Error("the source is broken");
      } finally {
        state.closed = true;
      }
    }
    return { state, texts: draw() };
  }

  it("a stream draws texts only as fast as documents are taken, and closes its source", async () => {
    for (const [batchPieces, drawn] of [
      [1, [0, 1, 2, 3]],
      [9, [2, 2, 2, 5]],
    ] as const) {
      const { state, texts: lines } = source(100);
      const documents = ner.stream(lines, { batchPieces });
      for (const [k, count] of drawn.entries()) {
        const { value } = (await documents.next()) as { value: { text: string } };
        assert.deepEqual([value.text, state.drawn], [`Line ${100 + k}`, count]);
      }
      assert.ok(!state.closed);
      await documents.return(undefined);
      assert.ok(state.closed);
    }
  });

  it("a stream whose source fails gives the documents before, in order, and then the error", async () => {
    for (const batchPieces of [1, 9, 4096]) {
      const found: string[] = [];
      const reading = async () => {
        for await (const { text } of ner.stream(source(5).texts, { batchPieces })) found.push(text);
      };
      await assert.rejects(reading(), /the source is broken/);
      assert.deepEqual(found, [100, 101, 102, 103, 104].map((n) => `Line ${n}`)); // prettier-ignore
    }
  });

  it("a stream refuses a batch size out of range before it draws a text", async () => {
    for (const batchPieces of [0, 1.5, 65_537]) {
      const { state, texts: lines } = source(1);
      await assert.rejects(drain(ner.stream(lines, { batchPieces })), isCdlmError("INVALID_OPTION"));
      assert.equal(state.drawn, 0);
    }
  });
});
