import { adapted } from "./adapted.js";

/** The method of this package, as `adapt` runs it. */
export const cdlm = adapted("CDLM", "cdlm");
