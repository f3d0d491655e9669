/** The public surface of the package, and nothing else. */
export { adapt, adaptationMethods, type AdaptationMethod, type AdaptRequest } from "./adapter.js";
export { loadDataset, loadSentences, type Dataset } from "./data/dataset.js";
export type { Sentence } from "./data/sentence.js";
export { CdlmError, errorCodes, type ErrorCode, type ErrorDetails } from "./errors.js";
export type { SpanScore, SpanScores } from "./eval/span-scores.js";
export type { CalibrationMethod } from "./eval/calibration.js";
export type { BiasScore, BiasScores, BiasSources } from "./bias.js";
export type { Reliability, ReliabilityBin } from "./eval/reliability.js";
export type { CalibrationScores } from "./eval/calibration-scores.js";
export { evaluate, type EvaluateOptions, type Scores } from "./evaluate.js";
export {
  explain,
  type ContextWord,
  type Effect,
  type ExplainedEntity,
  type Explanation,
} from "./explainer.js";
export {
  causalGraphSchema,
  causesOf,
  type CausalDocument,
  type CausalEdge,
  type CausalGraph,
} from "./llm/causal-document.js";
export { AnswerStore } from "./llm/answer-store.js";
export {
  findCauses,
  type CausalOptions,
  type CausalProgress,
  type FindCausesRequest,
} from "./llm/find-causes.js";
export type { LanguageModel } from "./llm/language-model.js";
export { openLanguageModel, type LanguageModelOptions } from "./llm/open-language-model.js";
export { StoredModel } from "./llm/stored-model.js";
export type { Objective, ObjectiveInput } from "./model/objective.js";
export { presetNames, type PresetName } from "./model/presets.js";
export type { Mention } from "./model/mentions.js";
export type { DeviceOptions } from "./native/create-engine.js";
export {
  Recognizer,
  type RecognizedDocument,
  type RecognizeOptions,
  type LoadOptions,
  type StreamOptions,
  type TaggedSentence,
} from "./recognizer.js";
export type { Entity } from "./text/entities.js";
export { labelData, type LabelDataRequest, type LabelReport } from "./labeller.js";
export type { JudgeOptions, Verdict } from "./judge.js";
export { train, type TrainRequest } from "./trainer.js";
export type { TrainingOptions, TrainingOptionsInput } from "./training/options.js";
export type { TrainingProgress } from "./training/progress.js";
export type { TrainingReport, TrainingRequest } from "./training/run-training.js";
export { version } from "./version.js";
export type { AnsweredTypes } from "./model/answered-types.js";
