/** Says why no native binary could be loaded, and what to do about it. */
export function explainFailure(failures: readonly { path: string; error: unknown }[]): {
  message: string;
  hint: string;
} {
  const reasons = failures.map(
    ({ path, error }) => `${path}: ${error instanceof Error ? error.message : String(error)}`,
  );
  const message = `no native binary could be loaded for ${process.platform}-${process.arch}\n  ${reasons.join("\n  ")}`;
  return { message, hint: remedy(reasons.join("\n")) };
}

function remedy(reasons: string): string {
  if (/GLIBC(XX)?_[\d.]+.* not found/.test(reasons))
    return "The C library of this system is older than the binary's: build it here: in the package's folder run `npm install --no-save cmake-js node-addon-api`, then `npx cmake-js build`";
  if (/musl|ld-linux/.test(reasons))
    return "The binary was built for glibc and this system uses musl: build it here: in the package's folder run `npm install --no-save cmake-js node-addon-api`, then `npx cmake-js build`";
  if (/invalid ELF header|wrong architecture|not a valid Win32/.test(reasons))
    return "node_modules was copied from another kind of machine: install again on this one";
  if (/self-register|Module did not/.test(reasons))
    return "The file is not an addon of this package: build it again";
  return "In a clone run `npm run build:native` (it needs CMake and a C++17 compiler); in an application install the package again";
}
