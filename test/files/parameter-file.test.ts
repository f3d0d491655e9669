import assert from "node:assert/strict";
import { loadParameters, parameterEntries, saveParameters } from "../../lib/files/parameter-file.js";
import { SafetensorsFile } from "../../lib/files/safetensors.js";
import { wholeTensor, type StoredTensor } from "../../lib/files/stored-tensor.js";
import { writeSafetensors } from "../../lib/files/write-safetensors.js";
import { Slot } from "../../lib/native/contract.js";
import { loadAddon } from "../../lib/native/load.js";
import { AddonEngine } from "../../lib/native/native-engine.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { faultyFileSystem } from "./faulty-file-system.js";
import { entry, fileOf } from "./safetensors-bytes.js";

const count = (shape: readonly number[]) => shape.reduce((total, extent) => total * extent, 1);

/** Query, key and value as one parameter. */
const attention: StoredTensor = {
  name: "attention",
  shape: [6, 3],
  parts: ["query", "key", "value"].map((name) => ({ name, shape: [2, 3] })),
};
const stored: StoredTensor[] = [attention, wholeTensor("bias", [4]), wholeTensor("scale", [], "temperature")];

describe("parameter files", () => {
  const directory = useTemporaryDirectory();
  const engines: AddonEngine[] = [];
  const newEngine = () => {
    const addon = loadAddon();
    const engine = new AddonEngine(addon, { level: addon.bestLevel(), threads: 1 });
    engines.push(engine);
    return engine;
  };
  afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.dispose())));

  /** An engine whose tensors hold 1000 · slot + 100 · k, + 1, + 2, … */
  async function filled(tensors = stored, slots = [Slot.value]): Promise<AddonEngine> {
    const engine = newEngine();
    for (const [k, { name, shape }] of tensors.entries()) {
      await engine.define(name, shape);
      for (const slot of slots) {
        const values = Float32Array.from({ length: count(shape) }, (_, i) => 1000 * slot + 100 * k + i);
        await engine.write(name, slot, 0, 0, new Uint8Array(values.buffer));
      }
    }
    return engine;
  }

  const read = (engine: AddonEngine, { name, shape }: StoredTensor, slot = Slot.value) =>
    engine.read(name, slot, 0, count(shape));

  it("come back as they were saved, parts under their own names", async () => {
    const engine = await filled();
    const path = directory.file("m.safetensors");
    await saveParameters(engine, path, stored, { format: "pt" });
    const file = await SafetensorsFile.open(path);
    assert.deepEqual([...file.tensors.keys()], ["query", "key", "value", "bias", "temperature"]);
    assert.deepEqual(file.metadata, { format: "pt" });
    const other = newEngine();
    await loadParameters(other, file, stored);
    for (const tensor of stored) assert.deepEqual(await read(other, tensor), await read(engine, tensor));
    await file.close();
  });

  it("keep several slots of a checkpoint apart", async () => {
    const slots = [Slot.value, Slot.moment1, Slot.moment2];
    const engine = await filled(stored, slots);
    const path = directory.file("c.safetensors");
    await saveParameters(engine, path, stored, {}, { slots });
    const file = await SafetensorsFile.open(path);
    assert.ok(file.tensors.has("key#moment1") && file.tensors.has("temperature#moment2"));
    await file.close();
    const other = newEngine();
    for (const slot of slots) await loadParameters(other, path, stored, { slot });
    for (const slot of slots) {
      for (const tensor of stored) {
        assert.deepEqual(await read(other, tensor, slot), await read(engine, tensor, slot));
      }
    }
  });

  it("mix parameters with moments and states without", async () => {
    const engine = await filled();
    const path = directory.file("c.safetensors");
    const [first, ...states] = stored;
    await writeSafetensors(path, [
      ...parameterEntries(engine, [first!]),
      ...parameterEntries(engine, [first!], Slot.moment1),
      ...parameterEntries(engine, states),
    ]);
    const file = await SafetensorsFile.open(path);
    assert.equal(file.tensors.size, 8);
    await file.close();
  });

  it("are read as bfloat16 and float16", async () => {
    const b16 = Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0000); // 1, -2, ∞, 0
    const f16 = Uint16Array.of(0x3c00, 0xc000, 0x7c00, 0x0001); // 1, -2, ∞, 2^-24
    const data = Buffer.concat([Buffer.from(b16.buffer), Buffer.from(f16.buffer)]);
    const header = { b: entry("BF16", [4], 0, 8), h: entry("F16", [4], 8, 16) };
    const path = await directory.write("h.safetensors", fileOf(header, data));
    const tensors = [wholeTensor("b", [4]), wholeTensor("h", [4])];
    const engine = newEngine();
    await loadParameters(engine, path, tensors);
    assert.deepEqual([...(await read(engine, tensors[0]!))], [1, -2, Infinity, 0]);
    assert.deepEqual([...(await read(engine, tensors[1]!))], [1, -2, Infinity, 2 ** -24]);
  });

  it("move in chunks, tell their bytes and let other work run", async () => {
    const large = [
      {
        name: "w",
        shape: [1500, 1000],
        parts: [wholeTensor("a", [200, 1000]), wholeTensor("b", [1300, 1000])],
      },
    ];
    const engine = await filled(large);
    const path = directory.file("l.safetensors");
    const steps: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const onBytes = (done: number, total: number) => {
      assert.equal(total, 6_000_000);
      steps.push(done);
    };
    await saveParameters(engine, path, large, {}, { onBytes });
    assert.deepEqual(steps, [800_000, 800_000 + 4_194_304, 6_000_000]);
    steps.length = 0;
    const other = newEngine();
    await loadParameters(other, path, large, { onBytes });
    clearInterval(timer);
    assert.deepEqual(steps, [800_000, 800_000 + 4_194_304, 6_000_000]);
    assert.ok(turns > 1, "the event loop stood still");
    assert.deepEqual(await read(other, large[0]!), await read(engine, large[0]!));
  });

  it("stop when the signal fires, and leave no file", async () => {
    const engine = await filled();
    const path = directory.file("m.safetensors");
    const stop = new AbortController();
    const options = { signal: stop.signal, onBytes: () => stop.abort(new Error("enough")) };
    await assert.rejects(saveParameters(engine, path, stored, {}, options), /enough/);
    assert.deepEqual(await directory.list(), []);
    await saveParameters(engine, path, stored);
    await assert.rejects(loadParameters(newEngine(), path, stored, { signal: stop.signal }), /enough/);
  });

  it("keep the earlier checkpoint when the disk is full", async () => {
    const engine = await filled();
    const path = await directory.write("m.safetensors", "earlier");
    const fileSystem = faultyFileSystem("write", "ENOSPC", 2);
    await assert.rejects(
      saveParameters(engine, path, stored, {}, { fileSystem }),
      isCdlmError("FILE_WRITE_FAILED", { file: path }),
    );
    assert.deepEqual(await directory.list(), ["m.safetensors"]);
  });

  it("are checked before the engine is touched", async () => {
    const engine = await filled();
    const path = directory.file("m.safetensors");
    await saveParameters(engine, path, stored);
    const cases: [StoredTensor, RegExp][] = [
      [wholeTensor("bias", [5]), /tensor "bias" has another shape; expected \[5\], received \[4\]/],
      [wholeTensor("bias", [2, 2]), /expected \[2, 2\], received \[4\]/],
      [wholeTensor("gone", [1]), /there is no tensor "gone"; expected \[1\], received 5 tensors/],
    ];
    for (const [tensor, message] of cases) {
      const other = newEngine();
      const load = loadParameters(other, path, [...stored, tensor]);
      await assert.rejects(load, { code: "FILE_INVALID", message, file: path });
      await assert.rejects(other.read("attention", Slot.value, 0, 1));
    }
  });

  it("refuse a type that is not read before the engine is touched", async () => {
    const header = { a: entry("F32", [1], 0, 4), n: entry("I64", [1], 4, 12) };
    const path = await directory.write("n.safetensors", fileOf(header, new Uint8Array(12)));
    const engine = newEngine();
    await assert.rejects(
      loadParameters(engine, path, [wholeTensor("a", [1]), wholeTensor("n", [1])]),
      isCdlmError("FILE_INVALID", { received: "I64" }),
    );
    await assert.rejects(engine.read("a", Slot.value, 0, 1));
  });

  it("have parts that make up the stored shape", () => {
    const wrong = { ...attention, shape: [5, 3] };
    const engine = newEngine();
    assert.throws(
      () => parameterEntries(engine, [wrong]),
      isCdlmError("SHAPE_MISMATCH", { expected: "[5, 3]", received: "[2, 3] + [2, 3] + [2, 3]" }),
    );
  });
});
