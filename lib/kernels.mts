/** The same surface for `import`. Re-exported by name, so that `import` and `require` share classes and state. */
export type * from "./kernels.js";
export { CdlmError, counterfactualEffect, fuse, gcn, gromovWasserstein, sinkhorn } from "./kernels.js";
