import { adaptAndTag } from "../adapted.js";
import { cdlm } from "../cdlm.js";
import type { System } from "../system.js";
import { aidOf, withCost } from "./aid.js";

/** The method with a language model that judges what it is unsure of (METHOD 6.5). */
export const cdlmJudge: System = {
  title: "CDLM with a language model as judge",
  asksLanguageModel: true,
  trainingOptions: cdlm.trainingOptions,
  run(request) {
    const aid = aidOf(request);
    const judge = { llm: aid.model, domain: aid.domain, ...aid.judging };
    return withCost(aid, adaptAndTag(request, "cdlm", request.options, { judge }));
  },
};
