/**
 * Packs the desktop example as a folder that runs without npm and without an installed Node:
 * `npm run desktop:pack -- [--model DIR] [--out DIR]`. `start` (`start.cmd` on Windows) in it opens the page. Everything must be
 * built before. The folder runs on this platform only. It holds a copy of the running Node, whose licence goes with it when
 * the folder is given away.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

const root = path.resolve(import.meta.dirname, "../..");
const isWindows = process.platform === "win32";
const { model, out } = parseArgs({
  options: { model: { type: "string" }, out: { type: "string", default: path.join(root, "build/desktop") } },
}).values;

/** What the program reads of the package, beside its dependencies. */
const parts = [
  ...["package.json", "LICENSE", "NOTICE", "dist/lib", "dist/examples/desktop", "examples/desktop/page"],
  "build/Release/cdlm.node",
];

/** Folders of the packages that the product needs, as the lock file knows them. */
function dependencies() {
  const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"));
  const isNeeded = ({ dev, peer, optional, devOptional }) => !(dev || peer || optional || devOptional);
  return Object.keys(packages).filter((folder) => folder !== "" && isNeeded(packages[folder]));
}

const unixStart = `#!/bin/sh
case $0 in */*) here=\${0%/*} ;; *) here=. ;; esac
here=$(cd "$here" && pwd)
exec "$here/node" "$here/app/dist/examples/desktop/main.js" --work "$here/work" --open "$@"
`;
const windowsStart = `@"%~dp0node.exe" "%~dp0app\\dist\\examples\\desktop\\main.js" --work "%~dp0work" --open %*\r\n`;

for (const part of parts)
  if (!existsSync(path.join(root, part))) throw new Error(`${part} is missing: run \`npm run build\` first`);
if (model && !existsSync(path.join(model, "cdlm.json"))) throw new Error(`${model} is no model folder`);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const app = path.join(out, "app");
// A package below another is copied with it, and again: nothing is lost.
for (const part of [...parts, ...dependencies()]) cpSync(path.join(root, part), path.join(app, part), { recursive: true }); // prettier-ignore
if (model) cpSync(model, path.join(app, "model"), { recursive: true });
cpSync(process.execPath, path.join(out, isWindows ? "node.exe" : "node"));
const start = path.join(out, isWindows ? "start.cmd" : "start");
writeFileSync(start, isWindows ? windowsStart : unixStart);
chmodSync(start, 0o755);
process.stdout.write(`${start} starts the packed program\n`);
