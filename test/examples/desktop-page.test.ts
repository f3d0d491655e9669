import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import type { Sentence } from "../../lib/data/sentence.js";
import { loadSentences } from "../../lib/index.js";
import { spansOf, type Span } from "../../lib/text/spans.js";
import { chromiumFile, launchChromium } from "../support/chromium.js";
import { firstSentences, temporaryFolder } from "../support/small-data.js";
import { writeTinyModel } from "../support/tiny-model.js";
import { firstStep, stateOf } from "./ask-desktop.js";
import { startDesktop, type Desktop } from "./start-desktop.js";

/** Sentences that are corrected. */
const count = 20;

describe("the page of the desktop example", function () {
  this.timeout(120_000);

  let folder: Awaited<ReturnType<typeof temporaryFolder>>, desktop: Desktop, browser: Browser, page: Page;
  const requests: string[] = [];
  const problems: string[] = [];

  before(async function () {
    if (!chromiumFile) {
      console.log("      no Chromium is installed (CDLM_CHROMIUM names one): the page is not tested");
      return this.skip();
    }
    folder = await temporaryFolder();
    await writeTinyModel(path.join(folder.path, "model"));
    const [model, work] = ["model", "work"].map((name) => path.join(folder.path, name));
    desktop = await startDesktop(["--model", model!, "--work", work!, "--epochs", "200"]);
    browser = await launchChromium(chromiumFile);
    page = await browser.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(desktop.url);
  });
  after(async () => {
    await browser?.close();
    await desktop?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const state = () => stateOf(desktop);
  const line = (number: number) => page.locator(".line").nth(number - 1);

  it("shows what the model finds in each line, how sure it is, and why", async () => {
    await page.fill("#text", "The Labour Party won in Leeds.\n\nTony Blair spoke.");
    await page.keyboard.press("Control+Enter");
    await line(2).waitFor();
    assert.equal(await page.locator(".line").count(), 2);
    assert.match(await line(1).locator("mark small").first().innerText(), /^\w+ \d+ %$/);
    await line(1).locator("mark .word").first().click();
    await page.getByRole("heading", { name: /^Why/ }).waitFor();
    assert.match(await page.locator(".why table").innerText(), /the entity itself/);
  });

  it("takes a selection by mouse, and a type by a button or by a new name", async () => {
    const words = line(2).locator(".word");
    const [from, to] = [await words.nth(0).boundingBox(), await words.nth(1).boundingBox()];
    await page.mouse.move(from!.x + 2, from!.y + from!.height / 2);
    await page.mouse.down();
    await page.mouse.move(to!.x + to!.width - 1, to!.y + to!.height / 2);
    await page.mouse.up();
    await page.getByRole("heading", { name: "Tony Blair", exact: true }).waitFor();
    await page.getByLabel("Name of another type").fill("leader");
    await page.getByRole("button", { name: "Add" }).click();
    await line(2).getByText("checked").waitFor();
    assert.deepEqual((await state()).checked, { lines: 1, mentions: await ofLine("Tony Blair spoke.", "leader") }); // prettier-ignore
    await line(2).getByRole("button", { name: "Forget" }).click();
    await line(2).getByRole("button", { name: "Right as it is" }).waitFor();
    assert.equal((await state()).checked.lines, 0);
  });

  /** Counts of the mentions that the work folder holds of a text: those that the mouse did not touch stay. */
  async function ofLine(text: string, type: string): Promise<Record<string, number>> {
    const { content } = await loadSentences(path.join(folder.path, "work/corrections.jsonl"));
    const spans = spansOf(content.find((sentence) => sentence.text === text)!.tags);
    assert.deepEqual(spans[0], { start: 0, end: 2, type });
    const counts: Record<string, number> = {};
    for (const { type } of spans) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  }

  it("is corrected by keys alone: 20 sentences with the types of another domain", async () => {
    const gold = await simpleSentences();
    await page.fill("#text", gold.map(({ words }) => words.join(" ")).join("\n"));
    await page.click("#find");
    await line(count).waitFor();
    for (const [k, sentence] of gold.entries()) await correctByKeys(k + 1, sentence);
    const { content } = await loadSentences(path.join(folder.path, "work/corrections.jsonl"));
    assert.deepEqual(content.map(({ tags }) => tags), gold.map(({ tags }) => tags)); // prettier-ignore
  });

  /** Removes what the model found, then names each mention of the sentence. */
  async function correctByKeys(number: number, { tags }: Sentence) {
    const marks = line(number).locator("mark");
    await line(number).focus();
    for (const key of ["Escape", "ArrowRight", "Shift+End", "Delete"]) await page.keyboard.press(key);
    await until(async () => (await marks.count()) === 0);
    if (spansOf(tags).length === 0) await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    let behind = 0; // the mention before
    for (const span of spansOf(tags)) {
      await nameByKeys(number, span, span.start - behind);
      behind = span.end;
    }
    await line(number).getByText("checked").waitFor();
  }

  /** @param between words between the mention and the one before */
  async function nameByKeys(number: number, { start, end, type }: Span, between: number) {
    const marks = line(number).locator("mark");
    const before = await marks.count();
    for (let k = 0; k <= between; k++) await page.keyboard.press("ArrowRight");
    for (let k = start + 1; k < end; k++) await page.keyboard.press("Shift+ArrowRight");
    const place = (await state()).types.findIndex(({ name }) => name === type);
    if (place >= 0 && place < 9) await page.keyboard.press(String(place + 1));
    else {
      await page.getByLabel("Name of another type").fill(type);
      await page.keyboard.press("Enter");
    }
    await until(async () => (await marks.count()) === before + 1);
  }

  it("adapts the model to them: cancels with a checkpoint, goes on from there, and uses the new model", async () => {
    const before = (await state()).model;
    await page.getByRole("button", { name: "Adapt" }).click();
    const bar = page.getByLabel("Progress");
    await until(async () => Number(await bar.getAttribute("value")) > 5);
    await page.getByRole("button", { name: "Cancel" }).press("Enter");
    await page.getByRole("button", { name: "Resume" }).and(page.locator(":focus")).waitFor();
    const stopped = (await state()).adaptation;
    assert.ok(stopped.status === "stopped" && stopped.progress!.step < stopped.progress!.steps);
    assert.ok(existsSync(path.join(folder.path, "work/adaptation/model/checkpoint/state.json")));
    assert.deepEqual((await state()).model, before);

    const events = await fetch(`${desktop.url}events`);
    await page.getByRole("button", { name: "Resume" }).click();
    const first = await firstStep(events);
    assert.ok(first >= stopped.progress!.step, `went on at step ${first}, not at ${stopped.progress!.step}`);
    await page.getByText("the new model is in use").waitFor({ timeout: 60_000 });
    await assertNewModel();
  });

  async function assertNewModel() {
    const { model, types, checked } = await state();
    assert.equal(model.generation, 1);
    assert.deepEqual(types.map(({ name }) => name), Object.keys(checked.mentions).sort()); // prettier-ignore
    assert.ok(types.every(({ known }) => known));
    assert.ok(!existsSync(path.join(folder.path, "work/adaptation")));
    await page.getByText("adapted 1×").waitFor();
  }

  it("shows an error as the program words it, and takes it away again", async () => {
    await line(1).locator(".word").first().click();
    await page.getByLabel("Name of another type").fill("x".repeat(61));
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("alert").getByText("up to 60 characters").waitFor();
    await page.click("#find");
    await page.locator("#alert").waitFor({ state: "hidden" });
  });

  it("reads a shorter text while a line is selected that is then gone", async () => {
    await line(count).locator(".word").first().click();
    await page.fill("#text", "One line.");
    await page.click("#find");
    await until(async () => (await page.locator(".line").count()) === 1);
    await page.getByRole("heading", { name: "Correct what was found" }).waitFor();
    assert.ok(!(await page.locator("#alert").isVisible()));
  });

  it("asked nothing of any other origin, and broke no rule of its policy", () => {
    const { origin } = new URL(desktop.url);
    assert.ok(requests.length > 50);
    assert.deepEqual(requests.filter((url) => !url.startsWith(`${origin}/`)), []); // prettier-ignore
    assert.deepEqual(problems.filter((problem) => !problem.includes("400 (Bad Request)")), []); // prettier-ignore
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(20);
}

/** The shortest sentences of a domain with entities that the package's own word split leaves as they are. */
async function simpleSentences(): Promise<Sentence[]> {
  const { splitWords } = await import("../../lib/text/word-split.js");
  const all = await firstSentences("music", "train", 100);
  const simple = all.filter(({ words, tags }) => {
    const again = splitWords(words.join(" ")).map(({ text }) => text);
    return tags.some((tag) => tag !== "O") && again.join(" ") === words.join(" ");
  });
  assert.ok(simple.length >= count);
  return simple.sort((a, b) => a.words.length - b.words.length).slice(0, count);
}
