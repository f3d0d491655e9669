import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { node, npm, packTarball, removeTarball, root, type Tarball } from "./tarball.js";

interface Manifest {
  scripts: Record<string, string>;
  exports: Record<string, unknown>;
}

describe("the npm package", function () {
  this.timeout(180_000);
  let tarball: Tarball, project: string, manifest: Manifest;

  before(() => {
    tarball = packTarball();
    project = path.join(tarball.folder, "project");
    mkdirSync(project);
    writeFileSync(path.join(project, "package.json"), '{ "name": "project", "private": true }');
    npm(project, "install", "--no-audit", "--no-fund", "--prefer-offline", tarball.file);
    manifest = JSON.parse(
      readFileSync(path.join(project, "node_modules/cdlm/package.json"), "utf8"),
    ) as Manifest;
  });
  after(() => removeTarball(tarball));

  it("holds the files that it needs and no others", () => {
    const platform = `${process.platform}-${process.arch}`;
    for (const needed of [
      ...["package.json", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "CMakeLists.txt"],
      ...["dist/lib/index.js", "dist/lib/index.d.ts", "dist/lib/index.mjs", "dist/lib/index.d.mts"],
      ...["dist/lib/kernels.js", "dist/lib/kernels.d.ts", "dist/lib/kernels.mjs", "dist/lib/kernels.d.mts"],
      ...["dist/lib/cli/main.js", "native/levels.cmake", `prebuilds/${platform}/cdlm.node`],
    ])
      assert.ok(tarball.contents.includes(needed), `${needed} is missing`);
    const allowed = [
      /^(package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md|CMakeLists\.txt)$/,
      /^dist\/lib\/.*\.(js|mjs|d\.ts|d\.mts)$/,
      /^dist\/lib\/llm\/prompts\/[a-z-]+\.json$/,
      /^native\/.*\.(cc|h|cu|cmake|map)$/,
      /^prebuilds\/[a-z0-9]+-[a-z0-9]+\/cdlm\.node$/,
    ];
    const strangers = tarball.contents.filter((file) => !allowed.some((pattern) => pattern.test(file)));
    assert.deepEqual(strangers, []);
  });

  it("runs nothing when it is installed", () => {
    for (const name of ["preinstall", "install", "postinstall"])
      assert.equal(manifest.scripts[name], undefined);
    const lock = JSON.parse(readFileSync(path.join(project, "package-lock.json"), "utf8")) as {
      packages: Record<
        string,
        { hasInstallScript?: boolean; dev?: boolean; peer?: boolean; devOptional?: boolean }
      >;
    };
    // What development or an optional peer brings is not installed with the package.
    const scripted = Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript && !entry.dev && !entry.devOptional && !entry.peer)
      .map(([name]) => name);
    assert.deepEqual(scripted, []);
  });

  it("has types that resolve by require and by import", () => {
    node(root, command("@arethetypeswrong/cli", "attw"), tarball.file, "--profile", "node16", "--no-emoji");
  });

  it("satisfies publint", () => {
    node(root, command("publint", "publint"), tarball.file, "--strict");
  });

  it("gives require and import the same objects under the same names", () => {
    const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"));
    const script = `
      import { createRequire } from "node:module";
      import assert from "node:assert/strict";
      for (const entry of ${JSON.stringify(entries)}) {
        const name = "cdlm" + entry.slice(1);
        const required = createRequire(import.meta.url)(name), imported = await import(name);
        assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort(), name);
        for (const key of Object.keys(required)) assert.equal(imported[key], required[key], key);
      }`;
    writeFileSync(path.join(project, "same.mjs"), script);
    node(project, "same.mjs");
  });

  it("loads its prebuilt addon", () => {
    const levels = node(
      project,
      "-p",
      'require("./node_modules/cdlm/dist/lib/native/load.js").loadAddon().availableLevels().join()',
    );
    assert.match(levels, /^plain/);
  });

  it("compiles in strict projects of either kind", () => {
    const use =
      'import { Recognizer, type Scores } from "cdlm"; import { sinkhorn, type SinkhornResult } from "cdlm/kernels"; ' +
      "export const use = [Recognizer, {} as Scores, sinkhorn, {} as SinkhornResult];";
    for (const kind of ["cts", "mts"]) writeFileSync(path.join(project, `use.${kind}`), use);
    node(
      project,
      ...[path.join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--module", "node16"],
      ...["--target", "es2022", "--lib", "es2023,esnext.disposable", "--skipLibCheck", "false"],
      ...["--typeRoots", path.join(root, "node_modules/@types"), "--types", "node", "use.cts", "use.mts"],
    );
  });
});

/** The script behind a command of a development dependency. */
function command(name: string, bin: string): string {
  const folder = path.join(root, "node_modules", name);
  const own = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    bin: string | Record<string, string>;
  };
  return path.join(folder, typeof own.bin === "string" ? own.bin : own.bin[bin]!);
}
