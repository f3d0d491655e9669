import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "./native/load.js";

/** Version of this package. */
export const version = (
  JSON.parse(readFileSync(path.join(packageRoot, "package.json"), "utf8")) as { version: string }
).version;
