import { cpus } from "node:os";
import path from "node:path";
import { systems } from "../../lib/baselines/index.js";
import type { Probes } from "../../lib/baselines/probes.js";
import type { Tags } from "../../lib/baselines/system.js";
import type { BiasCounts } from "../../lib/bias.js";
import type { Dataset } from "../../lib/data/dataset.js";
import type { Sentence } from "../../lib/data/sentence.js";
import { scoreSpans, sentenceCounts, type SpanCounts } from "../../lib/eval/span-scores.js";
import type { DeviceOptions } from "../../lib/native/create-engine.js";
import type { TrainingProgress } from "../../lib/training/progress.js";
import { version } from "../../lib/version.js";
import { configOf, optionsOf } from "./config.js";
import { folderOf, type Domains } from "./domains.js";
import { fingerprintOf } from "./fingerprint.js";
import { PhaseClock } from "./phase-clock.js";
import type { RecordedProbes, RunRecord, SplitResult } from "./run-record.js";
import { languageModelAid } from "./language-model.js";
import type { Run } from "./runs.js";
import type { Suite } from "./suite.js";

/** What all runs of a suite share. */
export interface Bench {
  suite: Suite;
  domains: Domains;
  /** Folder of the source model, and what decided it. */
  source: string;
  sourceConfig: object;
  /** Folder for unfinished runs. */
  work: string;
  device: DeviceOptions;
  signal?: AbortSignal;
}

/** Folder of a run that is not recorded yet. */
export const workOf = ({ work }: Bench, fingerprint: string): string => path.join(work, `run-${fingerprint}`);

/** Runs a system on a domain and scores it on dev and test. */
export async function execute(
  run: Run,
  bench: Bench,
  onProgress: (progress: TrainingProgress) => void,
): Promise<RunRecord> {
  const config = await configOf(run, bench);
  const fingerprint = fingerprintOf(config);
  const data = scoredPart(await bench.domains.load(run.domain), bench.suite);
  const clock = new PhaseClock();
  const started = performance.now();
  await using llm = await languageModelAid(run, bench.suite);
  const { dev, test, device, details, probes } = await systems[run.entry.system].run({
    source: bench.source,
    sourceData: folderOf(bench.domains.folder, bench.suite.source),
    data,
    ...(run.shots === null ? {} : { fewShot: { shots: run.shots, draw: run.seed } }),
    options: optionsOf(run, bench.suite),
    work: workOf(bench, fingerprint),
    device: bench.device,
    probed: bench.suite.probed,
    ...(llm ? { llm } : {}),
    ...(bench.signal ? { signal: bench.signal } : {}),
    onProgress: (progress) => (clock.onProgress(progress), onProgress(progress)),
  });
  const total = (performance.now() - started) / 1000;
  const { id, seed } = run;
  const processor = cpus()[0]?.model.trim() ?? "unknown";
  const versions = { cdlm: version, node: process.version, processor, ...device };
  const seconds = { total, evaluation: clock.seconds.evaluate };
  const scores = { dev: resultOf(data, "dev", dev), test: resultOf(data, "test", test) };
  return {
    id,
    fingerprint,
    config,
    seed,
    versions,
    ...scores,
    seconds,
    details,
    ...(bench.suite.probed ? { probes: probes ? recordedProbes(probes) : null } : {}),
    finished: new Date().toISOString(),
  };
}

/** The beginnings of dev and test, where a suite scores no more. */
const scoredPart = (data: Dataset, { scored }: Suite): Dataset =>
  scored === undefined
    ? data
    : { ...data, dev: data.dev!.slice(0, scored), test: data.test!.slice(0, scored) };

function resultOf(data: Dataset, split: "dev" | "test", predicted: Tags): SplitResult {
  const gold = (data[split] as readonly Sentence[]).map(({ tags }) => tags);
  const { micro, types } = scoreSpans(gold, predicted);
  const { precision, recall, f1 } = micro;
  return {
    ...{ precision, recall, f1 },
    types: Object.fromEntries(Object.entries(types).map(([type, score]) => [type, { f1: score.f1, support: score.support }])), // prettier-ignore
    counts: columnsOf(sentenceCounts(gold, predicted)),
  };
}

function recordedProbes({ calibration, ...bias }: Probes): RecordedProbes {
  const { method, mentions, before, after } = calibration;
  const counted = ({ own, probed, ...rest }: BiasCounts) => ({ ...rest, own: columnsOf(own), probed: columnsOf(probed) }); // prettier-ignore
  return {
    calibration: { method, mentions, before: before.error, after: after?.error ?? null },
    unseenMentions: counted(bias.unseenMentions),
    otherContexts: counted(bias.otherContexts),
  };
}

const columnsOf = (counts: readonly SpanCounts[]) => ({
  correct: counts.map(({ correct }) => correct),
  predicted: counts.map(({ predicted }) => predicted),
  gold: counts.map(({ gold }) => gold),
});
