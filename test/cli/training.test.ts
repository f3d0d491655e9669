import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Scores, TrainingReport } from "../../lib/index.js";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { byHeart } from "../model/learnt-model.js";
import { cli, ended, itOnUnix, startCli } from "./run-cli.js";
import { learntModel, tinyData, tinyEncoder, tinyModel } from "./tiny-model.js";

describe("cdlm train, adapt and evaluate", () => {
  const temporary = useTemporaryDirectory();
  const { file } = temporary;

  it("train writes a model that evaluate scores; --json is all there is on stdout", async () => {
    const data = await tinyData("politics", 12, "train");
    const config = await temporary.write("c.json", JSON.stringify(byHeart));
    const trained = await cli(["train", "--encoder", tinyEncoder, "--data", data, "--out", file("m"), "--config", config, "--epochs", "31", "--json"]); // prettier-ignore
    assert.equal(trained.code, 0, trained.stderr);
    const report = JSON.parse(trained.stdout) as TrainingReport;
    assert.deepEqual([report.epochs, report.model, report.trainSentences], [31, file("m"), 12]);
    assert.match(trained.stderr, /epoch 31\/31.*dev F1/);
    assert.ok(report.devF1! > 50, `F1 ${report.devF1}`);

    const evaluated = await cli(["evaluate", "--model", file("m"), "--data", `${data}/dev.txt`, "--json"]);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    const scores = JSON.parse(evaluated.stdout) as Scores;
    assert.equal(scores.micro.f1, report.devF1);
    assert.equal(scores.sentences, 12);
    for (const { precision, recall, f1, support } of [
      scores.micro,
      scores.macro,
      scores.strict.micro,
      ...Object.values(scores.types),
    ])
      // prettier-ignore
      assert.ok([precision, recall, f1].every((score) => score >= 0 && score <= 100) && support >= 0);
    assert.ok(scores.words > 100 && scores.seconds > 0);
  });

  it("evaluate shows a table for people on stderr and leaves stdout alone", async () => {
    const data = await tinyData("politics");
    const { code, stdout, stderr } = await cli(["evaluate", "--model", await tinyModel(), "--data", `${data}/train.txt`]); // prettier-ignore
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /type +precision +recall +F1/);
    assert.match(stderr, /politicalparty +\d+\.\d\d/);
  });

  it("evaluate --bias probes with dev's unseen mentions, and --html draws the confidences", async () => {
    const data = await tinyData("politics");
    const args = ["evaluate", "--model", await learntModel(), "--data", `${data}/train.txt`, "--bias"];
    const { code, stdout, stderr } = await cli([...args, "--seed", "5", "--html", file("scores.html"), "--json"]); // prettier-ignore
    assert.equal(code, 0, stderr);
    const { bias, calibration, micro } = JSON.parse(stdout) as Scores;
    assert.ok(micro.f1 > 50, `F1 ${micro.f1}`);
    assert.deepEqual([bias!.seed, bias!.unseenMentions.before], [5, micro.f1]);
    assert.ok(bias!.unseenMentions.after < micro.f1);
    assert.ok(bias!.unseenMentions.replaced > 0 && bias!.otherContexts.mentions > 0);
    const total = (bins: { count: number }[]) => bins.reduce((sum, { count }) => sum + count, 0);
    assert.equal(total(calibration.before.bins), calibration.mentions);
    assert.equal(calibration.after === null, calibration.method === null);
    const html = await readFile(file("scores.html"), "utf8");
    assert.match(html, /<svg[^]*<\/svg>[^]*Entity bias/);
    assert.doesNotMatch(html, /<script|src=|@import/);
    const people = await cli(args);
    assert.match(people.stderr, /expected calibration error \d/);
    assert.match(people.stderr, /unseen mentions +\d/);
    const nowhere = await cli([...args, file("none")]);
    assert.match(nowhere.stderr, /no training data/);
  });

  it("adapt learns other types from a few-shot draw, and says what it could not draw", async () => {
    const data = await tinyData("music", 30);
    const { code, stdout, stderr } = await cli(["adapt", "--model", await tinyModel(), "--data", data, "--out", file("m"), "--epochs", "1", "--few-shot", "2", "--draw", "7", "--json"]); // prettier-ignore
    assert.equal(code, 0, stderr);
    const report = JSON.parse(stdout) as TrainingReport;
    assert.ok(report.trainSentences < 30 && report.types.includes("musicalartist"));
    assert.ok(report.fewShot!.every(({ short, available }) => short === available < 2));
  });

  it("adapt --keep goes on knowing the source's types, which evaluate and predict answer with --types", async () => {
    const [data, source] = [await tinyData("music", 12), await tinyData("politics")];
    const adapted = await cli(["adapt", "--model", await tinyModel(), "--data", data, "--out", file("m"), "--epochs", "1", "--keep", "--source-data", source, "--json"]); // prettier-ignore
    assert.equal(adapted.code, 0, adapted.stderr);
    const report = JSON.parse(adapted.stdout) as TrainingReport;
    assert.ok(report.kept!.includes("politicalparty") && !report.types.includes("politicalparty"));
    const evaluation = ["evaluate", "--model", file("m"), "--data", `${source}/dev.txt`, "--json"];
    assert.match((await cli(evaluation)).stderr, /types that the model does not know/);
    const { code, stdout, stderr } = await cli([...evaluation, "--types", "kept"]);
    assert.equal(code, 0, stderr);
    assert.ok((JSON.parse(stdout) as Scores).types.politicalparty!.support > 0);
    const unknown = await cli([...evaluation, "--types", "both"]);
    assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  });

  it("bench case-study compares what the source model and the adapted one take mentions for", async () => {
    const data = await tinyData("music", 12);
    const models = ["--source", await tinyModel(), "--model", await tinyModel()];
    const study = await cli(["bench", "case-study", ...models, "--data", `${data}/train.txt`, "--least", "1", "--json"]); // prettier-ignore
    assert.equal(study.code, 0, study.stderr);
    const confusions = JSON.parse(study.stdout) as { gold: string; resolved: number; text: string }[];
    assert.ok(confusions.length > 0);
    for (const { gold, resolved, text } of confusions)
      assert.ok(gold !== "" && resolved === 0 && text !== "");
  });

  it("flags win over the config file, and a wrong name in it is refused with its place", async () => {
    const data = await tinyData("politics");
    const start = (config: string) => cli(["train", "--encoder", tinyEncoder, "--data", data, "--out", file("m"), "--config", config, "--epochs", "1", "--json"]); // prettier-ignore
    const { stdout } = await start(
      await temporary.write("good.json", '{"epochs": 5, "batchSentences": 4, "seed": 3}'),
    );
    const { epochs, steps } = JSON.parse(stdout) as TrainingReport;
    assert.deepEqual([epochs, steps], [1, 5]);
    const wrong = await start(await temporary.write("bad.json", '{"epoch": 5}'));
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
    assert.match(wrong.stderr, /bad\.json.*epoch/);
  });

  itOnUnix(
    "Ctrl-C leaves a checkpoint, from which --resume comes to the same bits; other options are refused",
    async () => {
      const data = await tinyData("politics");
      const config = await temporary.write(
        "config.json",
        '{"epochs": 40, "batchSentences": 4, "evaluateFrom": 1}',
      );
      const args = (out: string) => ["train", "--encoder", tinyEncoder, "--data", data, "--out", out, "--config", config]; // prettier-ignore
      const child = startCli(args(file("a")));
      await once(child.stderr, "data"); // the first step is done
      child.kill("SIGINT");
      const { code, stdout, stderr } = await ended(child);
      assert.deepEqual([code, stdout], [130, ""], stderr);
      assert.match(stderr, /checkpoint is in .*--resume/);
      assert.ok(!existsSync(file("a/model.safetensors")), "the run was to be stopped before its end");

      const other = await cli([...args(file("a")), "--resume", "--seed", "9"]);
      assert.equal(other.code, 1);
      assert.match(other.stderr, /cannot be resumed: options\.seed has changed/);
      const resumed = await cli([...args(file("a")), "--resume"]);
      assert.equal(resumed.code, 0, resumed.stderr);
      await cli(args(file("b")));
      const [a, b] = await Promise.all([file("a"), file("b")].map((out) => readFile(`${out}/model.safetensors`))); // prettier-ignore
      assert.ok(a!.equals(b!), "the resumed run differs");
    },
  );
});
