import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const root = path.resolve(__dirname, "../../..");

export interface Tarball {
  /** A temporary folder that holds the tarball and may hold more. */
  folder: string;
  file: string;
  /** Paths inside the package. */
  contents: string[];
}

/** Packs the package as `npm publish` would, without building it again. */
export function packTarball(): Tarball {
  const folder = mkdtempSync(path.join(tmpdir(), "cdlm-package-"));
  npm(root, "run", "--silent", "prepack");
  const answer = npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", folder);
  const [packed] = JSON.parse(answer) as { filename: string; files: { path: string }[] }[];
  if (!packed) throw new Error("npm packed nothing");
  return {
    folder,
    file: path.join(folder, packed.filename),
    contents: packed.files.map((file) => file.path),
  };
}

export function removeTarball(tarball: Tarball | undefined): void {
  if (tarball) rmSync(tarball.folder, { recursive: true, force: true });
}

export function npm(folder: string, ...words: string[]): string {
  return run(folder, "npm", words, process.platform === "win32");
}

/** Runs a script or the command of an installed package with this Node, and returns what it prints. */
export function node(folder: string, ...words: string[]): string {
  return run(folder, process.execPath, words, false);
}

function run(folder: string, command: string, words: string[], shell: boolean): string {
  try {
    return execFileSync(command, words, { cwd: folder, encoding: "utf8", stdio: "pipe", shell });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${words.join(" ")} failed\n${stdout}${stderr}`, { cause: error });
  }
}
