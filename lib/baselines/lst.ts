import { adapted } from "./adapted.js";

/** LST-NER (Zheng, Chen, Ma 2022): label graphs, additive fusion, alignment, auxiliary task (METHOD 9). */
export const lst = adapted("LST-NER", "lst");
