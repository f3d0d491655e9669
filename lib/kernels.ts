/** The kernels of the method on typed arrays (`cdlm/kernels`), for those who want these and nothing else. */
export { counterfactualEffect, type CounterfactualProblem } from "./kernels/counterfactual-effect.js";
export { fuse, type FusionProblem, type FusionResult } from "./kernels/fuse.js";
export { gcn, type GcnProblem } from "./kernels/gcn.js";
export {
  gromovWasserstein,
  type GromovWassersteinProblem,
  type GromovWassersteinResult,
} from "./kernels/gromov-wasserstein.js";
export type { KernelOptions } from "./kernels/run.js";
export { sinkhorn, type SinkhornProblem, type SinkhornResult } from "./kernels/sinkhorn.js";
export { CdlmError, type ErrorCode, type ErrorDetails } from "./errors.js";
