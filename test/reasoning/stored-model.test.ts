import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { truncate } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { requireLmdbFile } from "../../lib/llm/lmdb-file.js";
import { AnswerStore, answerKey } from "../../lib/llm/answer-store.js";
import type { Prompt, Question } from "../../lib/llm/language-model.js";
import { StoredModel } from "../../lib/llm/stored-model.js";
import { packageRoot } from "../../lib/native/load.js";
import { isCdlmError } from "../data/expect-error.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { collect, smoking } from "./collect.js";
import { certain, ScriptedModel } from "./scripted-model.js";

describe("a model whose answers are kept", () => {
  const folder = useTemporaryDirectory();

  const scripted = (identity = "script") =>
    new ScriptedModel({
      identity,
      parallel: 3,
      generate: () => ({ edges: [{ cause: "Smoking", effect: "cancer", words: "led to" }] }),
      decide: ({ kind }) => (kind === "score" ? certain(5) : undefined),
    });

  it("is asked once; another run gives the same bytes", async () => {
    const documents = Array.from({ length: 4 }, (_, id) => ({
      ...smoking,
      id,
      text: `${smoking.text} ${id}`,
    }));
    const runs: string[] = [];
    for (let run = 0; run < 2; run++) {
      await using store = await AnswerStore.open(folder.file("answers.mdb"));
      const model = scripted();
      const llm = new StoredModel(model, store);
      runs.push(JSON.stringify(await collect(documents, { llm })));
      const asked = model.prompts.length + model.questions.length;
      assert.equal(llm.counts.asked, asked);
      assert.equal(asked > 0, run === 0);
    }
    assert.equal(runs[0], runs[1]);
  });

  const plain = { maxTokens: 5, temperature: 0, seed: 0 };
  const ab = ["a", "b"];
  const generations: Parameters<StoredModel["generate"]>[] = [
    [{ system: "a", user: "b" }, {}, plain],
    [{ system: "ab", user: "" }, {}, plain],
    [{ system: "a", user: "b" }, { type: "object" }, plain],
    [{ system: "a", user: "b" }, {}, { ...plain, seed: 1 }],
    [{ system: "a", user: "b" }, {}, { ...plain, maxTokens: 6 }],
    [{ system: "a", user: "b" }, {}, { ...plain, temperature: 0.5 }],
  ];
  const decisions: [Prompt, Question][] = [
    [
      { system: "a", user: "b" },
      { kind: "choice", text: "?", choices: ab },
    ],
    [
      { system: "ab", user: "" },
      { kind: "choice", text: "?", choices: ab },
    ],
    [
      { system: "a", user: "b" },
      { kind: "choice", text: "which?", choices: ab },
    ],
    [
      { system: "a", user: "b" },
      { kind: "choice", text: "?", choices: ["a", "c"] },
    ],
    [
      { system: "a", user: "b" },
      { kind: "choice", text: "?", choices: ["b", "a"] },
    ],
    [
      { system: "a", user: "b" },
      { kind: "yes-no", text: "?" },
    ],
    [
      { system: "a", user: "b" },
      { kind: "score", text: "?", levels: ab },
    ],
    [
      { system: "a", user: "b" },
      { kind: "score", text: "?", levels: ["a", "c"] },
    ],
  ];

  it("keeps the answers of different models, prompts, questions and options apart, and asks none again", async () => {
    await using store = await AnswerStore.open(folder.file("answers.mdb"));
    for (const identity of ["script", "other"]) {
      const model = new ScriptedModel({ identity });
      const llm = new StoredModel(model, store);
      for (const { signal } of [{ signal: undefined }, new AbortController()]) {
        for (const [prompt, schema, options] of generations) await llm.generate(prompt, schema, { ...options, signal }); // prettier-ignore
        for (const [prompt, question] of decisions) await llm.decide(prompt, question, { signal });
        assert.equal(model.prompts.length, generations.length);
        assert.deepEqual(model.questions, decisions.map(([, question]) => question)); // prettier-ignore
      }
    }
  });

  it("asks once for two calls at once, and again after a failure", async () => {
    await using store = await AnswerStore.open(folder.file("answers.mdb"));
    const model = scripted();
    const llm = new StoredModel(model, store);
    const question = { kind: "yes-no", text: "?" } as const;
    const prompt = { system: "", user: "" };
    const aborted = llm.decide(prompt, question, { signal: AbortSignal.abort(new Error("no")) });
    await assert.rejects(aborted, /no/);
    await Promise.all([llm.decide(prompt, question), llm.decide(prompt, question)]);
    assert.equal(model.questions.length, 1);
  });

  it("lets each of two callers stop by its own signal alone", async () => {
    await using store = await AnswerStore.open(folder.file("answers.mdb"));
    const question = { kind: "yes-no", text: "?" } as const;
    const prompt = { system: "", user: "" };
    const [first, second] = [new AbortController(), new AbortController()];
    const both = (llm: StoredModel) => [first, second].map(({ signal }) => llm.decide(prompt, question, { signal })); // prettier-ignore
    const [one, other] = both(new StoredModel(scripted(), store)) as [Promise<unknown>, Promise<unknown>];
    first.abort(new Error("the first has gone"));
    await assert.rejects(one, /the first has gone/);
    await other;
    const slow = new StoredModel(scripted("slow"), store);
    const kept = slow.decide(prompt, question);
    const left = slow.decide(prompt, question, { signal: second.signal });
    second.abort(new Error("the second has gone"));
    await assert.rejects(left, /the second has gone/);
    await kept;
  });

  it("refuses a file that is no store, or one of another format", async () => {
    const other = await folder.write("other.mdb", "not a database ".repeat(10_000));
    await assert.rejects(AnswerStore.open(other), isCdlmError("FILE_INVALID", { file: other }));
    const short = folder.file("short.mdb");
    await using full = await AnswerStore.open(short);
    for (let k = 0; k < 100; k++) await full.put(answerKey(k), "x".repeat(1000));
    await full.close();
    await truncate(short, 50_000);
    await assert.rejects(AnswerStore.open(short), isCdlmError("FILE_INVALID", { file: short }));
    const store = await AnswerStore.open(folder.file("answers.mdb"));
    await store.put("cdlm answers", 99);
    await store.close();
    await assert.rejects(AnswerStore.open(folder.file("answers.mdb")), isCdlmError("VERSION_UNSUPPORTED"));
  });

  it("is found whole at every moment while another process writes", async () => {
    const file = folder.file("answers.mdb");
    const writer = path.join(packageRoot, "dist/test/reasoning/write-answers.js");
    const child = spawn(process.execPath, [writer, file], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    try {
      let written = 0;
      const lines = createInterface({ input: child.stdout }).on("line", () => written++);
      for (let looks = 0; written < 100; looks++) {
        await requireLmdbFile(file);
        assert.ok(looks < 1_000_000, "nothing was written");
      }
      lines.close();
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
  });

  it("loses no answer when its process is killed", async () => {
    const file = folder.file("answers.mdb");
    const writer = path.join(packageRoot, "dist/test/reasoning/write-answers.js");
    const child = spawn(process.execPath, [writer, file], { stdio: ["ignore", "pipe", "inherit"] });
    const promised: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      promised.push(line);
      if (promised.length === 50) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    await using store = await AnswerStore.open(file);
    for (const key of promised) assert.equal(store.get(answerKey(key)), key);
    assert.ok(promised.length >= 50);
  });
});
