import { createEngine, type DeviceOptions } from "../lib/native/create-engine.js";

/** fp32, and the precision that "auto" chooses where it is another one. */
export async function ourPrecisions(
  device: "cpu" | "cuda",
): Promise<NonNullable<DeviceOptions["precision"]>[]> {
  const engine = createEngine({ device, threads: 1, precision: "auto" });
  await engine.dispose();
  return engine.precision === "bf16" ? ["fp32", "bf16"] : ["fp32"];
}
