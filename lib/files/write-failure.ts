import path from "node:path";
import { CdlmError } from "../errors.js";

interface Reason {
  words: string;
  hint: string;
}

const anotherPlace = "Write to another place, or change the permissions";
const freeSpace = "Free some space or write to another disk; an earlier file of this name was kept";

const reasons: Record<string, Reason> = {
  ENOSPC: { words: "the disk is full", hint: freeSpace },
  EDQUOT: { words: "the disk quota is used up", hint: freeSpace },
  EFBIG: { words: "the file is larger than the file system allows", hint: "Write to another disk" },
  EACCES: { words: "no permission to write there", hint: anotherPlace },
  EPERM: { words: "no permission to write there", hint: anotherPlace },
  EROFS: { words: "the file system is read-only", hint: anotherPlace },
  ENOENT: { words: "the folder does not exist", hint: "Create the folder first" },
  ENOTDIR: { words: "a part of the path is a file, not a folder", hint: "Check the path" },
  EISDIR: { words: "a folder of this name is in the way", hint: "Choose another name" },
  ENAMETOOLONG: { words: "the name is too long", hint: "Choose a shorter name" },
  EBUSY: { words: "another program uses the file", hint: "Close that program and try again" },
  EMFILE: { words: "too many files are open", hint: "Raise the limit of open files (ulimit -n)" },
  ENFILE: { words: "too many files are open", hint: "Raise the system's limit of open files" },
  EIO: { words: "the device reports an error", hint: "Check the disk" },
};

/** Does something with a file, and turns what fails into a FILE_WRITE_FAILED that names it. */
export async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw writeFailure(file, cause);
  }
}

/** A failed system call as a FILE_WRITE_FAILED that says the reason in words; an error of ours stays what it is. */
export function writeFailure(file: string, cause: unknown): CdlmError {
  if (cause instanceof CdlmError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = reasons[code ?? ""];
  return new CdlmError("FILE_WRITE_FAILED", "the file cannot be written", {
    file,
    received: reason ? `${reason.words} (${code})` : message,
    hint: reason?.hint ?? `Check that ${path.dirname(file)} can be written to`,
    cause,
  });
}
