import path from "node:path";
import { cutDev, loadDataset, type Dataset, type SplitName } from "../../lib/data/dataset.js";
import { CdlmError } from "../../lib/errors.js";
import type { DomainName } from "./suite.js";

/** Of the training sentences, for data sets without a dev split; the cut is the same in every run. */
const devShare = 0.1;
const devSeed = 1;

export const folderOf = (data: string, domain: DomainName): string => path.join(data, domain);

/** Data sets by their names, each read once. */
export class Domains {
  readonly #read = new Map<DomainName, Promise<Dataset>>();

  constructor(readonly folder: string) {}

  /** With a dev split, which is cut from train where there is none: test data never chooses anything. */
  load(domain: DomainName): Promise<Dataset> {
    const known = this.#read.get(domain) ?? this.#load(domain);
    this.#read.set(domain, known);
    return known;
  }

  /**
   * Why a domain cannot be used: "missing" where its data, or the split, are not there, otherwise what is wrong with
   * them; undefined: nothing.
   */
  async trouble(domain: DomainName, split: SplitName): Promise<"missing" | CdlmError | undefined> {
    try {
      return (await this.load(domain))[split] ? undefined : "missing";
    } catch (error) {
      if (!(error instanceof CdlmError)) throw error;
      return error.code === "FILE_NOT_FOUND" ? "missing" : error;
    }
  }

  async #load(domain: DomainName): Promise<Dataset> {
    const data = await loadDataset(folderOf(this.folder, domain));
    return data.dev ? data : { ...data, ...cutDev(data.train, devShare, devSeed) };
  }
}
