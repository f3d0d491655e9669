import { CdlmError } from "../errors.js";

const reasons: Record<string, string> = {
  ENOTFOUND: "the name of the server is not known here",
  EAI_AGAIN: "the name of the server cannot be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  EPIPE: "the connection was cut",
  ENETUNREACH: "there is no route to the server",
  EHOSTUNREACH: "there is no route to the server",
  ETIMEDOUT: "the server does not answer",
  UND_ERR_CONNECT_TIMEOUT: "the server does not answer",
  SELF_SIGNED_CERT_IN_CHAIN:
    "the server's certificate is not trusted (NODE_EXTRA_CA_CERTS names a file of yours)",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "the server's certificate is not trusted (NODE_EXTRA_CA_CERTS names a file of yours)",
};

/** Why a request or a command failed, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof CdlmError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = codeOf(error) ?? codeOf(cause);
  const words = code === undefined ? undefined : reasons[code];
  if (words) return `${words} (${code})`;
  // fetch says "fetch failed" or "terminated" and hides the reason.
  return cause instanceof Error && cause.message ? `${error.message}: ${cause.message}` : error.message;
}

/** Whether a failure is the disk's, which no other source would mend. */
export function isFinal(error: unknown): boolean {
  return error instanceof CdlmError && error.code === "FILE_WRITE_FAILED";
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
