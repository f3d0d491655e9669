import assert from "node:assert/strict";
import os from "node:os";
import { requireMemory } from "../../lib/native/memory.js";
import { isCdlmError } from "../data/expect-error.js";

const MB = 2 ** 20;

describe("the memory that there is", () => {
  const { totalmem } = os;
  const { memoryUsage } = process;
  const constrainedMemory = process.constrainedMemory.bind(process);
  afterEach(() => {
    os.totalmem = totalmem;
    Object.assign(process, { constrainedMemory, memoryUsage });
  });

  /** As if this process held 100 MB of a machine of 1000 MB, in a container with this limit. */
  function contain(limit: number | undefined): void {
    os.totalmem = () => 1000 * MB;
    const usage = Object.assign(() => memoryUsage.call(process), { rss: () => 100 * MB });
    Object.assign(process, { constrainedMemory: () => limit, memoryUsage: usage });
  }

  const cases: [what: string, limit: number | undefined, left: number, all: number][] = [
    ["is the container's", 300 * MB, 200, 300],
    ["is the machine's where the container may have more", 2 ** 62, 900, 1000],
    ["is the machine's where there is no limit", 0, 900, 1000],
    ["is the machine's where the system knows of no limits", undefined, 900, 1000],
    ["is none where the process holds it all", 50 * MB, 0, 50],
  ];
  for (const [what, limit, left, all] of cases)
    it(what, () => {
      contain(limit);
      const require = (bytes: number, held?: number) => requireMemory(bytes, "this model", "Take a smaller one", held); // prettier-ignore
      require(left * MB);
      const details = { expected: `about ${left + 1}.0 MB`, received: `${left}.0 MB of ${all}.0 MB` };
      assert.throws(() => require((left + 1) * MB), isCdlmError("OUT_OF_MEMORY", details));
    });

  it("is more by what is given back", () => {
    contain(300 * MB);
    requireMemory(230 * MB, "this model", "", 30 * MB);
    assert.throws(() => requireMemory(231 * MB, "this model", "", 30 * MB), isCdlmError("OUT_OF_MEMORY"));
  });
});
