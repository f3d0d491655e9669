/** What the program and its page say to each other, as JSON. Offsets count UTF-16 units. No imports: the page reads it too. */

/** An entity type and the CSS colour of its marks. */
export interface EntityType {
  name: string;
  colour: string;
  /** The model in use finds it; otherwise it is the user's and waits to be learnt. */
  known: boolean;
}

export interface Mention {
  start: number;
  end: number;
  type: string;
}

export interface FoundMention extends Mention {
  /** 0 … 1; null: the user said so. */
  confidence: number | null;
}

/** A line of the text that was pasted. */
export interface Line {
  text: string;
  /** Start and end of each word: what can be part of a mention. */
  words: (readonly [start: number, end: number])[];
  entities: FoundMention[];
  /** The user has looked at it: its entities are theirs. */
  checked: boolean;
  /** Of a checked line: the model in use finds the same by itself. */
  agrees: boolean;
  warnings: string[];
}

/** What words do for an entity: log-odds that it loses without them, and the confidence that is left (0 … 1). */
export interface Effect {
  effect: number;
  confidence: number;
}

export interface Why extends Mention {
  confidence: number;
  mention: Effect;
  answerWithout: (Mention & { text: string; confidence: number }) | null;
  context: (Effect & { start: number; end: number; text: string })[];
}

export interface Progress {
  phase: "train" | "evaluate" | "save";
  /** From 1. */
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  loss?: number;
  secondsLeft?: number;
}

export type Adaptation =
  | { status: "idle" }
  | { status: "running" | "stopping"; progress: Progress | null }
  /** A checkpoint is there to go on from. */
  | { status: "stopped"; progress: Progress | null }
  | { status: "failed"; message: string }
  /** `f1` in percent on the lines that were held out; null where there were too few to hold any out. */
  | { status: "done"; sentences: number; seconds: number; f1: number | null };

/** Everything that the page shows besides the lines. */
export interface State {
  /** Folder of the model in use, and how often it was adapted here; 0: it is the one that was given. */
  model: { folder: string; generation: number; calibrated: boolean };
  work: string;
  types: EntityType[];
  /** Of the corrections: lines, and how many mentions of each type they hold. */
  checked: { lines: number; mentions: Record<string, number> };
  adaptation: Adaptation;
}

/** What went wrong, for people. */
export interface Failure {
  code: string;
  message: string;
}
