import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { fakeServer, says } from "../reasoning/fake-server.js";
import { cli } from "./run-cli.js";

describe("cdlm label", () => {
  const folder = useTemporaryDirectory();

  it("writes labelled sentences and where they come from, and asks nothing twice", async () => {
    const server = await fakeServer(says('{"entities":[{"text":"Merkel","type":"person"}]}'));
    await folder.write("train.txt", "Tony\tB-person\nBlair\tI-person\nled\tO\nLabour\tB-party\n\n");
    const input = await folder.write("raw", "Merkel met Barack Obama.\nThen Merkel left.\n");
    const out = folder.file("labels");
    const endpoint = ["--llm", server.url, "--llm-model", "m"];
    const args = ["label", ...endpoint, "--data", folder.file("."), "--input", input, "--out", out];
    const { code, stderr } = await cli([...args, "--examples", "1"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /2 of 2 sentences with 2 entities/);
    const labels = await readFile(`${out}/train.txt`, "utf8");
    assert.equal(labels, "Merkel\tB-person\nmet\tO\nBarack\tO\nObama\tO\n.\tO\n\nThen\tO\nMerkel\tB-person\nleft\tO\n.\tO\n\n"); // prettier-ignore
    assert.match(await readFile(`${out}/provenance.json`, "utf8"), /"kept": 2/);
    assert.equal(server.requests.length, 2);
    await cli([...args, "--examples", "1"]);
    assert.equal(server.requests.length, 2);
    await server.close();
  });

  it("writes no sentence that was not answered", async () => {
    const server = await fakeServer(says("I am sorry."), says("Dave."), says('{"entities":[]}'));
    await folder.write("train.txt", "Tony\tB-person\n\n");
    const input = await folder.write("raw", "Nobody answers this.\nThis is answered.\n");
    const out = folder.file("labels");
    const endpoint = ["--llm", server.url, "--llm-model", "m", "--parallel", "1"];
    const args = ["label", ...endpoint, "--data", folder.file("."), "--input", input, "--out", out];
    const { code, stderr } = await cli([...args, "--examples", "1"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /1 of 2 sentences with 0 entities in .*; 1 had no valid answer/);
    assert.match(await readFile(`${out}/train.txt`, "utf8"), /^This\tO/);
    await server.close();
  });
});
