import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Line, State } from "../../examples/desktop/protocol.js";
import { packageRoot } from "../../lib/native/load.js";
import { node } from "../package/tarball.js";
import { temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";
import { startDesktop } from "./start-desktop.js";

const onUnix = process.platform === "win32" ? describe.skip : describe;

onUnix("the packed desktop example", function () {
  this.timeout(120_000);

  it("starts by one file, outside of the repository and without npm, and reads a text with its own model", async () => {
    await using folder = await temporaryFolder();
    const [model, out] = ["model", "packed"].map((name) => path.join(folder.path, name)) as [string, string];
    await writeTinyModel(model);
    node(packageRoot, "examples/desktop/pack.mjs", "--model", model, "--out", out);
    const env = { PATH: path.join(out, "nothing"), BROWSER: "none" };
    await using desktop = await startDesktop([], ["/bin/sh", path.join(out, "start")], env);
    const state = (await (await fetch(`${desktop.url}state`)).json()) as State;
    assert.equal(state.model.folder, path.join(out, "app/model"));
    const body = JSON.stringify({ text: "Tony Blair spoke." });
    const lines = (await (await fetch(`${desktop.url}read`, { method: "POST", body })).json()) as Line[];
    assert.deepEqual(lines.map(({ words }) => words.length), [4]); // prettier-ignore
    assert.equal((await fetch(desktop.url)).status, 200);
    assert.ok(existsSync(path.join(out, "work/models")));
    assert.ok(!existsSync(path.join(out, "app/node_modules/typescript")));
  });
});
