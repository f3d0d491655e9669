import assert from "node:assert/strict";
import { besideOwn } from "../../lib/model/answered-types.js";

const span = (start: number, end: number, type: string) => ({ start, end, type });

describe("kept mentions beside the own ones", () => {
  it("adds types that the new domain does not have, in order", () => {
    const { mentions, tags } = besideOwn([span(2, 3, "band")], [span(0, 2, "person")], ["band"], 4);
    assert.deepEqual(mentions, [span(0, 2, "person"), span(2, 3, "band")]);
    assert.deepEqual(tags, ["B-person", "I-person", "B-band", "O"]);
  });

  it("leaves types of the same name to the new domain, and overlapping mentions too", () => {
    const own = [span(1, 3, "band")];
    const kept = [span(4, 5, "band"), span(2, 4, "person"), span(1, 2, "person"), span(3, 4, "misc")];
    assert.deepEqual(besideOwn(own, kept, ["band"], 5).mentions, [span(1, 3, "band"), span(3, 4, "misc")]);
  });
});
