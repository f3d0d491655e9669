import { alignment } from "./alignment.js";
import { auxiliary } from "./auxiliary.js";
import { consistency } from "./consistency.js";
import { explicit } from "./explicit.js";
import { implicit } from "./implicit.js";
import { keeping } from "./keeping.js";
import type { Loss } from "./loss.js";
import { typing } from "./typing.js";

/** The parts of the objective beside L_ner; a new one is a file and a line here. */
export const losses: readonly Loss[] = [
  auxiliary,
  alignment,
  explicit,
  implicit,
  consistency,
  typing,
  keeping,
];
