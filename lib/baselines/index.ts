import { cdlm } from "./cdlm.js";
import { coach } from "./coach.js";
import { crf } from "./crf.js";
import { finetune } from "./finetune.js";
import { finetuneMatched } from "./finetune-matched.js";
import { joint } from "./joint.js";
import { laner } from "./laner.js";
import { llmAlone } from "./llm/alone.js";
import { cdlmCauses } from "./llm/causes.js";
import { cdlmJudge } from "./llm/judge.js";
import { cdlmLabels } from "./llm/labels.js";
import { lst } from "./lst.js";
import { nnshot } from "./nnshot.js";
import { structshot } from "./structshot.js";
import { swap } from "./swap.js";
import type { System } from "./system.js";

/** Every system that experiments can name; a new one is a file and a line here. */
export const systems = {
  finetune,
  "finetune-matched": finetuneMatched,
  swap,
  crf,
  joint,
  lst,
  nnshot,
  structshot,
  coach,
  laner,
  cdlm,
  "cdlm-causes": cdlmCauses,
  "cdlm-judge": cdlmJudge,
  "cdlm-labels": cdlmLabels,
  llm: llmAlone,
} as const satisfies Record<string, System>;

export type SystemName = keyof typeof systems;
export const systemNames = Object.keys(systems) as SystemName[];
