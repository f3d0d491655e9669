/** The same surface for `import`. Re-exported by name, so that `import` and `require` share classes and state. */
export type * from "./index.js";
export {
  adapt,
  adaptationMethods,
  CdlmError,
  errorCodes,
  evaluate,
  explain,
  labelData,
  loadDataset,
  loadSentences,
  presetNames,
  Recognizer,
  train,
  version,
} from "./index.js";
