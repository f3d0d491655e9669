/** The same surface for `import`. Re-exported by name, so that `import` and `require` share classes and state. */
export type * from "./index.js";
export {
  adapt,
  adaptationMethods,
  AnswerStore,
  causalGraphSchema,
  causesOf,
  CdlmError,
  errorCodes,
  evaluate,
  explain,
  findCauses,
  labelData,
  loadDataset,
  loadSentences,
  openLanguageModel,
  presetNames,
  Recognizer,
  StoredModel,
  train,
  version,
} from "./index.js";
