import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { cutDev, loadDataset, loadSentences, splitNames } from "../../lib/data/dataset.js";
import { spansOf } from "../../lib/text/spans.js";
import { isCdlmError } from "./expect-error.js";
import { useTemporaryDirectory } from "./temporary-directory.js";

/** Sentences, words and entities of train, dev and test. */
const crossNer = {
  politics: { types: 9, counts: [[200, 8384, 1304], [541, 24624, 3482], [651, 27585, 4209]] }, // prettier-ignore
  science: { types: 17, counts: [[200, 7100, 1075], [450, 16139, 2538], [543, 19487, 3089]] }, // prettier-ignore
  music: { types: 13, counts: [[100, 3909, 648], [380, 15591, 2679], [465, 19605, 3336]] }, // prettier-ignore
  literature: { types: 12, counts: [[100, 3782, 541], [400, 14503, 2130], [416, 16157, 2266]] }, // prettier-ignore
  ai: { types: 14, counts: [[100, 3782, 532], [350, 10919, 1549], [431, 12991, 1809]] }, // prettier-ignore
};

describe("data sets", () => {
  const place = useTemporaryDirectory();

  for (const [domain, { types, counts }] of Object.entries(crossNer)) {
    it(`loads CrossNER ${domain} with the published counts`, async () => {
      const dataset = await loadDataset(join("examples", "data", domain));
      const found = splitNames.map((name) => {
        const sentences = dataset[name]!;
        const words = sentences.reduce((sum, sentence) => sum + sentence.words.length, 0);
        const entities = sentences.reduce((sum, sentence) => sum + spansOf(sentence.tags).length, 0);
        assert.equal(dataset.files[name]!.sentences, sentences.length);
        assert.equal(dataset.files[name]!.words, words);
        assert.equal(dataset.files[name]!.scheme, "IOB2");
        return [sentences.length, words, entities];
      });
      assert.deepEqual(found, counts);
      assert.equal(dataset.types.length, types);
      assert.deepEqual(dataset.types, [...dataset.types].sort());
    });
  }

  it("reads columns and JSONL side by side; dev and test may be missing", async () => {
    await place.write("train.txt", "Rome\tS-city\nfell\tO\n");
    await place.write("test.jsonl", '{"id": 1, "tokens": ["Nile"], "tags": ["B-river"]}\n');
    const dataset = await loadDataset(place.file(""));
    assert.deepEqual(dataset.train, [{ words: ["Rome", "fell"], tags: ["B-city", "O"] }]);
    assert.equal(dataset.dev, undefined);
    assert.deepEqual(dataset.test, [{ id: 1, words: ["Nile"], tags: ["B-river"] }]);
    assert.deepEqual(dataset.types, ["city", "river"]);
    assert.deepEqual(Object.keys(dataset.files), ["train", "test"]);
    assert.equal(dataset.files.train!.scheme, "BIOES");
  });

  it("takes the checksum of the bytes, not of what they mean", async () => {
    const unix = await loadSentences(await place.write("a.txt", "x\tO\n"));
    const windows = await loadSentences(await place.write("b.txt", "x\tO\r\n"));
    assert.deepEqual(unix.content, windows.content);
    for (const { file, sha256 } of [unix, windows]) {
      assert.equal(
        sha256,
        createHash("sha256")
          .update(await readFile(file))
          .digest("hex"),
      );
    }
    assert.notEqual(unix.sha256, windows.sha256);
  });

  it("refuses a directory without training data, a split in two formats, and passes errors of files on", async () => {
    const directory = place.file("");
    await assert.rejects(loadDataset(directory), isCdlmError("FILE_NOT_FOUND", { file: directory }));
    const file = await place.write("train.txt", "x\tO\n\ny\n");
    await assert.rejects(loadDataset(directory), isCdlmError("DATA_INVALID", { file, line: 3 }));
    await place.write("train.txt", "x\tO\n");
    await place.write("train.jsonl", "");
    await assert.rejects(loadDataset(directory), isCdlmError("FILE_INVALID", { received: "both" }));
    await mkdir(place.file("empty"));
    await place.write("empty/train.jsonl", "\n");
    await assert.rejects(loadDataset(place.file("empty")), isCdlmError("DATA_EMPTY"));
    await assert.rejects(
      loadSentences(await place.write("a.txt", "x\tO\n"), { signal: AbortSignal.abort() }),
      isCdlmError("CANCELLED"),
    );
  });

  it("cuts dev from train: both parts in order, together everything, the same for the same seed", () => {
    const sentences = Array.from({ length: 40 }, (_, id) => ({ id, words: ["w"], tags: ["O"] }));
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.nat(),
        (size, share, seed) => {
          const all = sentences.slice(0, size);
          const { train, dev } = cutDev(all, share, seed);
          assert.ok(train.length > 0 && dev.length > 0);
          assert.ok(Math.abs(dev.length - share * size) <= 1);
          const ids = (part: typeof train) => part.map(({ id }) => id as number);
          for (const part of [train, dev])
            assert.deepEqual(
              ids(part),
              ids(part).sort((a, b) => a - b),
            );
          assert.deepEqual(
            ids([...train, ...dev]).sort((a, b) => a - b),
            ids(all),
          );
          assert.deepEqual(cutDev(all, share, seed), { train, dev });
        },
      ),
    );
    const cuts = [1, 2, 3, 4].map((seed) =>
      cutDev(sentences, 0.5, seed)
        .dev.map(({ id }) => id)
        .join(),
    );
    assert.equal(new Set(cuts).size, 4);
  });

  it("refuses shares outside (0, 1) and fewer than two sentences", () => {
    const two = [1, 2].map(() => ({ words: ["w"], tags: ["O"] }));
    for (const share of [0, 1, -0.1, 1.5, NaN]) {
      assert.throws(() => cutDev(two, share, 1), isCdlmError("INVALID_OPTION"));
    }
    assert.throws(() => cutDev(two.slice(1), 0.5, 1), isCdlmError("DATA_EMPTY"));
  });
});
