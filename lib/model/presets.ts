import type { ObjectiveInput } from "./objective.js";

/** What the paper and LST-NER weigh, as far as it is known (METHOD 7); what is not is ours. */
const paper = {
  fusion: { form: "concat" },
  auxiliary: { weight: 0.1 },
  alignment: { weight: 0.01 },
  explicit: { weight: 0.1 },
  implicit: { weight: 0.1 },
  interventions: { sentences: 0.5 },
  tau: "dev",
} as const satisfies ObjectiveInput;

const off = { weight: 0 } as const;

/** Named objectives. The ablations are the rows of the paper's table 4: every part but one. */
export const presets = {
  /** Plain fine-tuning. */
  finetune: {},
  /** What dev data preferred (docs/experiments.md): a sentence says the same with all its mentions exchanged, and mentions tell their types. */
  default: {
    interventions: { sentences: 1, mentions: 1 },
    consistency: { weight: 2 },
    typing: { weight: 1 },
  },
  /** LST-NER (Zheng et al. 2022): label graphs, additive fusion, alignment, auxiliary task. */
  lst: { fusion: { form: "add" }, auxiliary: { weight: 0.1 }, alignment: { weight: 0.01 } },
  /** Every part of the paper. */
  paper,
  "paper-without-fusion": { ...paper, fusion: { form: "none" } },
  "paper-without-alignment": { ...paper, alignment: off },
  "paper-without-explicit": { ...paper, explicit: off, tau: 0 },
  "paper-without-implicit": { ...paper, implicit: off },
  "paper-without-causal": { ...paper, explicit: off, implicit: off, interventions: {}, tau: 0 },
  "paper-without-auxiliary": { ...paper, auxiliary: off },
} as const satisfies Record<string, ObjectiveInput>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];

/** Parts that are given lie over those of the preset, field by field. */
export function withPreset(name: PresetName, given: ObjectiveInput = {}): ObjectiveInput {
  const preset: ObjectiveInput = presets[name];
  const merged = Object.entries(given).map(([part, value]) => {
    const under = preset[part as keyof ObjectiveInput];
    return [part, isObject(value) && isObject(under) ? { ...under, ...value } : value];
  });
  return { ...preset, ...(Object.fromEntries(merged) as ObjectiveInput) };
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
