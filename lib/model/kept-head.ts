import { CdlmError } from "../errors.js";
import { TagSet } from "../text/tag-set.js";
import type { KeptHead } from "./cdlm-file.js";
import { foreignLabels } from "./foreign-head.js";
import { readModelFolder } from "./model-folder.js";

/**
 * What a model that is adapted from the one in `folder` can keep of it.
 * @throws CdlmError INVALID_OPTION where that model keeps a head itself: there is room for one
 */
export async function keptHeadOf(folder: string): Promise<KeptHead> {
  const { cdlm, config } = await readModelFolder(folder);
  if (cdlm?.kept)
    throw new CdlmError("INVALID_OPTION", "the source model keeps the types of its own source already", {
      expected: "a source model that was adapted without keeping, or not at all",
      received: `${folder}, which keeps ${cdlm.kept.types.join(", ")}`,
      hint: "Adapt from the first model, or without keeping",
    });
  if (cdlm) return { types: cdlm.types, decoding: cdlm.decoding, calibration: cdlm.calibration };
  const { types } = TagSet.of([foreignLabels(config, `${folder}/config.json`)]);
  return { types, decoding: "viterbi", calibration: null };
}
