/** What is used of node-llama-cpp, written down here because the package is optional: no type of it may be needed. */
export interface LlamaModule {
  getLlama(options: {
    gpu: "auto" | false;
    build: "never";
    logLevel: "error";
    logger: (level: string, message: string) => void;
    maxThreads?: number;
  }): Promise<Llama>;
  LlamaChatSession: new (options: {
    contextSequence: Sequence;
    systemPrompt: string;
    chatWrapper: ChatWrapper;
    autoDisposeSequence: boolean;
  }) => ChatSession;
  resolveChatWrapper(
    model: Model,
    options: { warningLogs: false; customWrapperSettings: Record<string, { todayDate: null }> },
  ): ChatWrapper;
}

/** How a conversation is written down for a model: a known format, or the file's own template. */
export interface ChatWrapper {
  /** For people, e.g. "Llama 3.1" or "JinjaTemplate". */
  wrapperName: string;
  generateContextState(options: { chatHistory: readonly ChatItem[] }): { contextText: ChatText };
}

export type ChatItem =
  { type: "system" | "user"; text: string } | { type: "model"; response: readonly string[] };

interface ChatText {
  tokenize(tokenizer: Tokenizer, options: "trimLeadingSpace"): Token[];
}

/** Number of a token in the model's vocabulary. */
export type Token = number;
type Tokenizer = object;

export interface Llama extends Disposable {
  gpu: string | false;
  /** Bytes. */
  getVramState(): Promise<{ free: number }>;
  loadModel(options: {
    modelPath: string;
    gpuLayers?: "auto" | number;
    loadSignal?: AbortSignal;
  }): Promise<Model>;
  createGrammarForJsonSchema(schema: object): Promise<object>;
}

interface Disposable {
  dispose(): Promise<void>;
}

export interface Model extends Disposable {
  trainContextSize: number;
  fileInfo: { metadata: { tokenizer?: { chat_template?: string } } };
  tokenizer: Tokenizer;
  tokenize(text: string, specialTokens?: boolean, options?: "trimLeadingSpace"): Token[];
  createContext(options: { contextSize: number; sequences: number; threads?: number }): Promise<Context>;
  createDecisionContext(options: {
    contextSize: number;
    parallelQuestions: number;
    chatWrapper: ChatWrapper;
    threads?: number;
  }): Promise<DecisionContext>;
}

export interface Context extends Disposable {
  getSequence(): Sequence;
}

export interface Sequence {
  tokenMeter: { getState(): { usedInputTokens: number; usedOutputTokens: number } };
  nextTokenIndex: number;
  /** Forgets what follows the beginning that the state has in common with the tokens. */
  adaptStateToTokens(tokens: readonly Token[], allowShift: boolean): Promise<void>;
  /** Reads tokens; where it is asked, an output says how likely what might come next is. */
  controlledEvaluate(
    tokens: readonly (Token | readonly [Token, NextToken])[],
  ): Promise<({ next: { logits: ReadonlyMap<Token, number> } } | undefined)[]>;
}

interface NextToken {
  generateNext: { logits: { filter: { tokens: readonly Token[] } } };
}

export interface ChatSession {
  promptWithMeta(
    text: string,
    options: {
      grammar: object;
      maxTokens: number;
      temperature: number;
      seed: number;
      repeatPenalty: false;
      signal?: AbortSignal;
    },
  ): Promise<{ responseText: string }>;
  dispose(options?: { disposeSequence?: boolean }): void;
}

export type LlamaQuestion =
  | { type: "noul"; instruction: string }
  | { type: "choice"; instruction: string; criteria: Record<string, string> };

/** `noul` gives the probability of yes. */
export type LlamaAnswer =
  { type: "noul"; value: number } | { type: "choice"; probabilities: Record<string, number> };

export interface DecisionContext extends Disposable {
  decideWithMeta(
    document: string,
    questions: Record<string, LlamaQuestion>,
  ): Promise<{ answers: Record<string, LlamaAnswer>; tokenUsage: { input: number; output: number } }>;
}
