/** Before packing: puts the addon that was built here where an installed package looks for it. */
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "./load.js";

const folder = path.join(packageRoot, "prebuilds", `${process.platform}-${process.arch}`);
mkdirSync(folder, { recursive: true });
copyFileSync(path.join(packageRoot, "build/Release/cdlm.node"), path.join(folder, "cdlm.node"));
