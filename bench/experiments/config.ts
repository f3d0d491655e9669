import { checksumsOf } from "../../lib/data/dataset.js";
import { systems } from "../../lib/baselines/index.js";
import type { TrainingOptions, TrainingOptionsInput } from "../../lib/training/options.js";
import type { Domains } from "./domains.js";
import { fingerprintOf } from "./fingerprint.js";
import { asksLanguageModel } from "./language-model.js";
import type { RunRecord } from "./run-record.js";
import type { Run } from "./runs.js";
import type { Suite } from "./suite.js";

/** What a suite asks of a run. */
function askedOf(run: Run, suite: Suite) {
  const { entry, domain, shots, seed } = run;
  const { system } = entry;
  const { scored, languageModel } = suite;
  return {
    system,
    domain,
    shots,
    seed,
    options: decisive(systems[system].trainingOptions(optionsOf(run, suite))),
    ...(scored === undefined ? {} : { scored }),
    ...(languageModel && asksLanguageModel(system) ? { languageModel } : {}),
  };
}

/** Everything that decides a run's result, but the machine and the version of this package; the source's precision is the run's. */
export const configOf = async (
  run: Run,
  { suite, domains, sourceConfig }: { suite: Suite; domains: Domains; sourceConfig: object },
) => ({
  ...askedOf(run, suite),
  data: checksumsOf(await domains.load(run.domain)),
  source: sourceConfig,
});

/** Whether a record is of what the suite asks now, with whatever data and source model. */
export function isAsked({ config }: RunRecord, run: Run, suite: Suite): boolean {
  const { data: _data, source: _source, ...asked } = config;
  return fingerprintOf(asked) === fingerprintOf(askedOf(run, suite));
}

export const optionsOf = ({ entry, seed }: Run, { options }: Suite): TrainingOptionsInput => ({ ...options, ...entry.options, seed }); // prettier-ignore

/** Without what says the same once more: the preset's parts are in the objective, and the seed is the run's. */
function decisive(options: TrainingOptions | undefined) {
  if (!options) return {};
  const { preset: _preset, seed: _seed, checkpointSeconds: _seconds, ...rest } = options;
  return rest;
}
