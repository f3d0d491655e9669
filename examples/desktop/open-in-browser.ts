import { spawn } from "node:child_process";

/** How each system opens an address by what the user has chosen for it. */
const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...rest: string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Where that fails the user has the address on the terminal. */
export function openInBrowser(url: string): void {
  const [command, ...rest] = openers[process.platform] ?? ["xdg-open"];
  spawn(command, [...rest, url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
