import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { findCauses } from "../../lib/llm/find-causes.js";
import { inOrder } from "../../lib/llm/in-order.js";
import { collect, examine, smoking } from "./collect.js";
import { certain, ScriptedModel } from "./scripted-model.js";

describe("causes of many documents", () => {
  it("come in order, with progress, however many are under work", async () => {
    const documents = Array.from({ length: 20 }, (_, id) => ({ ...smoking, id }));
    const seen: number[] = [];
    const llm = new ScriptedModel({ parallel: 4 });
    const graphs = await collect(documents, { llm, onProgress: (progress) => seen.push(progress.documents) });
    assert.deepEqual(graphs.map(({ id }) => id), [...documents.keys()]); // prettier-ignore
    assert.deepEqual(seen, [...documents.keys()].map((id) => id + 1)); // prettier-ignore
  });

  it("stop with the signal's reason", async () => {
    const stop = new AbortController();
    const graphs = findCauses(Array.from({ length: 5 }, () => smoking), { llm: new ScriptedModel(), signal: stop.signal }); // prettier-ignore
    await graphs.next();
    stop.abort(new Error("enough"));
    await assert.rejects(graphs.next(), /enough/);
  });

  it("are drawn only as fast as they are read", async () => {
    let drawn = 0;
    function* numbers() {
      for (;;) yield drawn++;
    }
    const results = inOrder(numbers(), 3, (n) => Promise.resolve(n));
    await results.next();
    assert.equal(drawn, 3);
    await results.return(undefined);
    assert.equal(drawn, 3);
  });

  it("give the results before a failure, then stop the work that still runs", async () => {
    const stopped: number[] = [];
    const work = async (n: number, signal: AbortSignal) => {
      if (n === 1) throw new Error("broken");
      if (n === 0) return n;
      await sleep(10_000, undefined, { signal }).catch(() => stopped.push(n));
      return n;
    };
    const results = inOrder([0, 1, 2, 3], 3, work);
    assert.equal((await results.next()).value, 0);
    await assert.rejects(results.next(), /broken/);
    assert.deepEqual(stopped, [2, 3]);
  });
});

describe("causes of a document", () => {
  it("that were refuted are told to the next pass, and named again they are not voted on again", async () => {
    const named = { cause: "Smoking", effect: "cancer", words: "led to" };
    const passes = [[named], [named, { ...named, effect: "Paris" }]];
    const llm = new ScriptedModel({
      generate: () => ({ edges: passes.shift() ?? [] }),
      decide: ({ kind }) => (kind === "score" ? certain(1) : undefined),
    });
    const { edges, counts } = await examine(smoking, { llm, passes: 2 });
    assert.deepEqual(edges.map(({ effect, verdict }) => [effect, verdict]), [["cancer", "rejected"], ["Paris", "rejected"]]); // prettier-ignore
    assert.equal(counts.repeated, 1);
    const [first, second] = llm.prompts.map(({ user }) => user);
    assert.doesNotMatch(first!, /refuted/);
    assert.match(second!, /^Already refuted, not to be named: "Smoking" → "cancer"$/m);
    assert.doesNotMatch(second!, /accepted/);
    const claims = llm.decisions.flatMap(({ question, prompt }) => question.kind === "score" ? (/^Claim: .*/m.exec(prompt.user) ?? []) : []); // prettier-ignore
    assert.equal(claims.filter((claim) => claim.includes("cancer")).length, 9);
    assert.equal(claims.length, 18);
  });

  it("are looked for among the first variables, up to a limit", async () => {
    const llm = new ScriptedModel();
    const { variables } = await examine(smoking, { llm, maxVariables: 2 });
    assert.deepEqual(variables.map(({ name }) => name), ["Smoking", "cancer"]); // prettier-ignore
    assert.match(llm.prompts[0]!.user, /^Variables: "Smoking", "cancer"$/m);
    assert.equal((await examine(smoking, { llm, maxVariables: 500 })).variables.length, 7);
  });
});
