import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import type { RecognizedDocument } from "../../lib/index.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { cli, ended, itOnUnix, startCli } from "./run-cli.js";
import { tinyData, tinyModel } from "./tiny-model.js";

type Answer = RecognizedDocument & Record<string, unknown>;

const predict = async (...args: string[]) => ["predict", "--model", await tinyModel(), ...args];
const answersIn = (stdout: string) => stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Answer); // prettier-ignore

describe("cdlm predict", () => {
  const temporary = useTemporaryDirectory();

  it("marks entities in plain text without colours when stdout is no terminal", async () => {
    const { code, stdout } = await cli(await predict(), "Angela Merkel met Barack Obama .\n\nEnd\n");
    const lines = stdout.split("\n");
    assert.deepEqual([code, lines.length, lines[1]], [0, 4, ""]);
    assert.ok(!stdout.includes("\u001b"));
    assert.equal(lines[0]!.replaceAll(/\[(.*?)\]\(\w+\)/g, "$1"), "Angela Merkel met Barack Obama .");
  });

  it("jsonl keeps ids and unknown fields, and an empty line stays a document", async () => {
    const input = '{"id": 7, "text": "Merkel spoke.", "meta": {"a": [1]}}\n\n{"text": "", "id": "x"}';
    const { code, stdout, stderr } = await cli(await predict("--format", "jsonl"), input);
    assert.equal(code, 0, stderr);
    const [first, second, third] = answersIn(stdout);
    assert.deepEqual([first!.id, first!.meta, first!.text], [7, { a: [1] }, "Merkel spoke."]);
    for (const { start, end, text } of first!.entities) assert.equal(first!.text.slice(start, end), text);
    assert.deepEqual([second!.text, second!.entities], ["", []]);
    assert.equal(third!.id, "x");
  });

  it("jsonl of plain lines gives their text; CRLF and a missing last line end do no harm", async () => {
    const { stdout } = await cli(await predict("--format", "jsonl"), "One line.\r\nTwo {lines}");
    assert.deepEqual(answersIn(stdout).map((answer) => answer.text), ["One line.", "Two {lines}"]); // prettier-ignore
  });

  it("conll tags a column file word by word, and the words of text lines", async () => {
    const data = `${await tinyData("politics")}/dev.txt`;
    const { code, stdout } = await cli(await predict("--format", "conll", "--input", data));
    assert.equal(code, 0);
    const words = (await readFile(data, "utf8")).trimEnd().split("\n").map((line) => line.split("\t")[0]); // prettier-ignore
    const lines = stdout.trimEnd().split("\n").map((line) => line.split("\t")); // prettier-ignore
    assert.deepEqual(lines.map(([word]) => word), words); // prettier-ignore
    assert.ok(lines.every(([word, tag]) => word === "" || /^(O|[BI]-\w+)$/.test(tag!)));
    const plain = await cli(await predict("--format", "conll"), "It's here.\n");
    assert.deepEqual(plain.stdout.match(/^[^\t\n]+(?=\t)/gm), ["It", "'s", "here", "."]);
  });

  it("a JSON line is a record in every format", async () => {
    const record = '{"id": 7, "text": "It is here."}\n';
    for (const format of ["text", "conll", "html"]) {
      const { code, stdout } = await cli(await predict("--format", format), record);
      assert.equal(code, 0);
      assert.ok(stdout.includes("here") && !stdout.includes('"id"'), stdout);
      const bad = await cli(await predict("--format", format), `${record}{"text": 5}\n`);
      assert.equal(bad.code, 1);
      assert.match(bad.stderr, /<stdin>:2: the line is no record/);
    }
  });

  it("conll takes a text with a tab for a text", async () => {
    const { stdout } = await cli(await predict("--format", "conll"), "Nina Simone\tsang in Paris.\n");
    assert.deepEqual(stdout.match(/^[^\t\n]+(?=\t)/gm), ["Nina", "Simone", "sang", "in", "Paris", "."]);
  });

  it("html is one page with the text escaped", async () => {
    const file = await temporary.write("in.txt", "<b>Merkel</b> & Obama\n");
    const { stdout } = await cli(await predict("--format", "html", "--input", file));
    assert.match(stdout, /^<!doctype html>[^]*<\/html>\n$/);
    assert.ok(!stdout.includes("<b>"));
  });

  it("a bad line ends the work with its place; the answers before it are out", async () => {
    const badJson = await cli(await predict("--format", "jsonl"), '{"text": "a"}\n{"text": "b"}\n{"text"\n');
    assert.equal(badJson.code, 1);
    assert.deepEqual(answersIn(badJson.stdout).map((answer) => answer.text), ["a", "b"]); // prettier-ignore
    assert.match(badJson.stderr, /<stdin>:3: the line is not JSON/);
    const long = await cli(await predict("--format", "jsonl"), '{"id": 1234567890123456789, "text": "a"}\n');
    assert.match(long.stderr, /<stdin>:1: an id with more digits than a number keeps/);
    const noText = await cli(await predict("--format", "jsonl"), '{"text": "a"}\n{"id": 1}\n');
    assert.match(noText.stderr, /<stdin>:2: the line is no record/);
    const bytes = Buffer.concat([Buffer.from("fine\n"), Buffer.from([0x61, 0xff, 0x0a])]);
    const badBytes = await cli(await predict(), bytes);
    assert.equal(badBytes.code, 1);
    assert.match(badBytes.stdout, /fine/);
    assert.match(badBytes.stderr, /<stdin>:2: wrong encoding; expected valid UTF-8/);
  });

  itOnUnix("keeps order over thousands of lines, and reads no faster than its reader takes", async () => {
    const line = (k: number) => `{"id":${k},"text":"Line ${k} of a long stream from Berlin."}\n`;
    const child = startCli(await predict("--format", "jsonl", "--threads", "1"));
    child.stdin.end(Array.from({ length: 15_000 }, (_, k) => line(k)).join(""));
    await setTimeout(2500); // nobody reads its stdout
    assert.ok(!child.stdin.writableFinished, "it read all its input while nobody took its answers");
    const answers = answersIn(await text(child.stdout));
    assert.equal(answers.length, 15_000);
    assert.ok(answers.every(({ id }, k) => id === k));
  });

  itOnUnix("ends quietly when its reader has gone", async () => {
    const child = startCli(await predict("--batch-pieces", "64"));
    child.stdin.on("error", () => undefined);
    child.stdin.end("A line of text from Berlin.\n".repeat(5000));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [stderr] = await Promise.all([text(child.stderr), once(child, "exit")]);
    assert.deepEqual([child.exitCode, stderr], [0, ""]);
  });

  itOnUnix("Ctrl-C ends it while it waits for input", async () => {
    const child = startCli(await predict("--batch-pieces", "1"));
    child.stdin.write("One.\n");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const { code, stderr } = await ended(child);
    assert.equal(code, 130, stderr);
  });
});
