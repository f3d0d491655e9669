import { downloadFile, fileDownloadInfo, HubApiError } from "@huggingface/hub";
import { CdlmError } from "../errors.js";
import type { Checksum } from "./checked-file.js";
import { impatientFetch, type NetworkOptions } from "./impatient-fetch.js";

export interface HubOptions extends NetworkOptions {
  /** Address of the hub or of a mirror. Default: HF_ENDPOINT, else https://huggingface.co. */
  hubUrl?: string | undefined;
  /** For private repositories. */
  accessToken?: string | undefined;
}

export interface HubFile {
  expected: Checksum;
  chunks: AsyncIterable<Uint8Array>;
}

/**
 * Asks the Hugging Face hub for a file; its bytes come when they are iterated over.
 * @param revision branch, tag or commit
 * @returns undefined when the repository has no such file
 * @throws CdlmError NETWORK_FAILED when the repository does not exist or is private; errors of `fetch`
 */
export async function hubFile(
  repo: string,
  revision: string,
  path: string,
  options: HubOptions = {},
): Promise<HubFile | undefined> {
  const address = {
    repo,
    revision,
    path,
    fetch: impatientFetch(options),
    hubUrl: options.hubUrl ?? (process.env.HF_ENDPOINT || "https://huggingface.co"),
    ...(options.accessToken !== undefined && { accessToken: options.accessToken }),
  };
  try {
    const downloadInfo = await fileDownloadInfo(address);
    if (!downloadInfo) return undefined;
    // The plain way instead of Xet's chunks: it goes through proxies and mirrors.
    const blob = await downloadFile({ ...address, downloadInfo, xet: false });
    if (!blob) return undefined;
    const chunks = blob.stream() as unknown as AsyncIterable<Uint8Array>;
    return { expected: { bytes: downloadInfo.size, sha256: sha256In(downloadInfo.etag) }, chunks };
  } catch (error) {
    throw explained(error, repo, revision);
  }
}

/** The etag of a large file is its sha256; that of a small one is git's own checksum. */
function sha256In(etag: string): string | undefined {
  return /^"?([0-9a-f]{64})"?$/.exec(etag)?.[1];
}

function explained(error: unknown, repo: string, revision: string): unknown {
  if (!(error instanceof HubApiError) || ![401, 403, 404].includes(error.statusCode)) return error;
  return new CdlmError("NETWORK_FAILED", `the hub does not give out "${repo}" at "${revision}"`, {
    expected: "the name of a public repository, or of one that the access token opens",
    received: `status ${error.statusCode}`,
    cause: error,
  });
}
