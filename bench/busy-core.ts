import { spawn, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Linux's taskset, which puts a process on one core. */
export const canPin = (): boolean => spawnSync("taskset", ["-V"]).status === 0;

/** Does the work while another process, pinned to the first core, computes without end. */
export async function withBusyCore<T>(work: () => Promise<T>): Promise<T> {
  const started = 300; // milliseconds until the other process is at work
  const busy = spawn("taskset", ["-c", "0", process.execPath, "-e", "for (;;);"], { stdio: "ignore" });
  try {
    await sleep(started);
    return await work();
  } finally {
    busy.kill("SIGKILL");
  }
}
