import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import type { Failure, Line } from "../../examples/desktop/protocol.js";
import { loadSentences } from "../../lib/index.js";
import { packageRoot } from "../../lib/native/load.js";
import { itOnUnix } from "../cli/run-cli.js";
import { temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";
import { ask, stateOf } from "./ask-desktop.js";
import { startDesktop, type Desktop } from "./start-desktop.js";

const sentence = "Nina Simone sang in Paris.";
const artist = { start: 0, end: 11, type: "artist" };

describe("the program of the desktop example", function () {
  this.timeout(60_000);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>, model: string;
  const at = (name: string) => path.join(folder.path, name);

  before(async () => {
    folder = await temporaryFolder();
    model = at("model");
    await writeTinyModel(model);
  });
  after(() => folder[Symbol.asyncDispose]());

  const start = (work: string) => startDesktop(["--model", model, "--work", at(work)]);

  it("answers under its secret address alone, and under no other name or origin", async () => {
    await using desktop = await start("secret");
    const { origin, host, pathname } = new URL(desktop.url);
    assert.match(pathname, /^\/[\w-]{32}\/$/);
    assert.equal(await statusOf(desktop.url), 200);
    assert.equal(await statusOf(`${origin}/`), 404);
    assert.equal(await statusOf(`${origin}/${"a".repeat(32)}/state`), 404);
    assert.equal(await statusOf(`${desktop.url}state`, { host, origin }), 200);
    assert.equal(await statusOf(`${desktop.url}state`, { host: "example.org" }), 404);
    assert.equal(await statusOf(`${desktop.url}state`, { origin: "http://example.org" }), 404);
    assert.equal(await statusOf(`${desktop.url}../package.json`), 404);
  });

  it("sends every file that the page names, under a policy of its own origin", async () => {
    await using desktop = await start("files");
    const source = readFileSync(path.join(packageRoot, "examples/desktop/page/index.html"), "utf8");
    const names = [...source.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, name]) => name!);
    assert.ok(names.length >= 3);
    for (const name of ["", ...names]) {
      const answer = await fetch(desktop.url + name);
      assert.equal(answer.status, 200, name);
      assert.match(answer.headers.get("content-security-policy")!, /^default-src 'self';/);
    }
  });

  it("keeps corrections in a file that the package reads, also from one start to the next", async () => {
    {
      await using desktop = await start("kept");
      await ask(desktop, "PUT", "correction", { text: sentence, entities: [artist] });
      await ask(desktop, "PUT", "correction", { text: "Nothing here.", entities: [] });
    }
    const { content } = await loadSentences(at("kept/corrections.jsonl"));
    assert.deepEqual(content.map(({ tags }) => tags), [["B-artist", "I-artist", "O", "O", "O", "O"], ["O", "O", "O"]]); // prettier-ignore
    await using desktop = await start("kept");
    const [line] = (await ask(desktop, "POST", "read", { text: sentence })) as Line[];
    assert.deepEqual(line!.entities, [{ ...artist, confidence: null }]);
    assert.ok(line!.checked);
    await ask(desktop, "DELETE", "correction", { text: sentence });
    await ask(desktop, "DELETE", "correction", { text: "Nothing here." });
    const { checked } = await stateOf(desktop);
    assert.deepEqual(checked, { lines: 0, mentions: {} });
  });

  it("tells a line on which the model agrees with the user from one on which it does not", async () => {
    await using desktop = await start("agreement");
    const read = async () => ((await ask(desktop, "POST", "read", { text: sentence })) as Line[])[0]!;
    const mentions = (await read()).entities.map(({ start, end, type }) => ({ start, end, type }));
    await ask(desktop, "PUT", "correction", { text: sentence, entities: mentions });
    assert.ok((await read()).agrees);
    await ask(desktop, "PUT", "correction", { text: sentence, entities: [artist] });
    assert.ok(!(await read()).agrees);
  });

  it("refuses what makes no sense with a message for people", async () => {
    await using desktop = await start("refused");
    const outside = { text: sentence, entities: [{ ...artist, end: 99 }] };
    assert.equal((await failure(desktop, "PUT", "correction", outside)).code, "DATA_INVALID");
    const spaced = { text: sentence, entities: [{ ...artist, type: "great artist" }] };
    assert.match((await failure(desktop, "PUT", "correction", spaced)).message, /without white space/);
    assert.equal((await failure(desktop, "POST", "read", { texts: [] })).code, "INVALID_OPTION");
    assert.equal((await failure(desktop, "POST", "adaptation")).code, "DATA_EMPTY");
    assert.equal((await failure(desktop, "POST", "adaptation/resume")).code, "INVALID_STATE");
  });

  it("goes on saving after a line that cannot be saved", async () => {
    await using desktop = await start("saving");
    const empty = { text: "", entities: [] };
    assert.equal((await failure(desktop, "PUT", "correction", empty)).code, "DATA_INVALID");
    await ask(desktop, "PUT", "correction", { text: sentence, entities: [artist] });
    const { content } = await loadSentences(at("saving/corrections.jsonl"));
    assert.equal(content.length, 1);
    assert.deepEqual(await ask(desktop, "POST", "read", { text: "\u0085" }), []);
  });

  it("has its folder for itself, also after one that was killed", async () => {
    {
      await using desktop = await start("locked");
      await ask(desktop, "PUT", "correction", { text: sentence, entities: [artist] });
      await assert.rejects(start("locked"), /another program works in this folder/);
    }
    await writeFile(at("locked/in-use"), "999999999");
    await using desktop = await start("locked");
    assert.equal((await stateOf(desktop)).checked.lines, 1);
  });

  it("says what is wrong with a model, with corrections changed by hand, and where a model comes from", async () => {
    await assert.rejects(
      startDesktop(["--model", at("none"), "--work", at("w")]),
      /config\.json: is missing/,
    );
    await start("bad").then((desktop) => desktop.stop());
    await writeFile(at("bad/corrections.jsonl"), "not JSON\n");
    await assert.rejects(start("bad"), /corrections\.jsonl:1: the line is not JSON/);
    assert.equal(await readFile(at("bad/corrections.jsonl"), "utf8"), "not JSON\n");
    await assert.rejects(startDesktop(["--model", model]), /--work/);
  });

  itOnUnix("ends by Ctrl-C and by the page's button", async () => {
    const desktop = await start("ended");
    assert.equal(await desktop.stop(), 0);
    const other = await start("ended");
    await ask(other, "POST", "quit");
    assert.equal(await other.ended, 0);
  });
});

/** The page's requests never set Host, so this goes below `fetch`. */
function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port, origin } = new URL(url);
    request({ host: "127.0.0.1", port, path: url.slice(origin.length), headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
      .on("error", reject)
      .end();
  });
}

async function failure(desktop: Desktop, method: string, name: string, body?: unknown): Promise<Failure> {
  const answer = await fetch(desktop.url + name, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  assert.equal(answer.status, 400);
  return (await answer.json()) as Failure;
}
