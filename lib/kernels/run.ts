import { z } from "zod";
import { elements } from "../graph/nd-array.js";
import { Graph, type DataType, type Tensor } from "../graph/tensor.js";
import type { NativeTensors } from "../native/contract.js";
import { createEngine, deviceOptionsSchema, type DeviceOptions } from "../native/create-engine.js";
import type { Engine } from "../native/engine.js";
import { parseOptions } from "../options.js";

/** Where a kernel runs, and what ends it early. */
export interface KernelOptions extends DeviceOptions {
  /** Rejects the promise with its reason; a kernel that has begun is finished first. */
  signal?: AbortSignal;
}

const kernelOptionsSchema = deviceOptionsSchema.extend({ signal: z.instanceof(AbortSignal).optional() });

/** An array of a kernel's problem with the shape that it is read in. */
export interface Given {
  data: Float32Array | Int32Array;
  shape: readonly number[];
}

// One engine per way of computing, started when it is first needed. An idle engine keeps no process alive.
const engines = new Map<string, Engine>();

function engineOf(device: DeviceOptions): Engine {
  const key = JSON.stringify([device.device, device.deviceIndex, device.threads, device.precision]);
  const known = engines.get(key);
  if (known) return known;
  const engine = createEngine(device);
  engines.set(key, engine);
  return engine;
}

/** Builds a graph over the given arrays, runs it once and returns its outputs. */
export async function runKernel<Name extends string>(
  given: Readonly<Record<string, Given>>,
  options: KernelOptions,
  build: (inputs: Record<string, Tensor>, graph: Graph) => Record<Name, Tensor>,
): Promise<Record<Name, Float32Array>> {
  const { signal, ...device } = parseOptions(kernelOptionsSchema, options, "kernel");
  const graph = new Graph();
  const entries = Object.entries(given);
  const typeOf = (data: Given["data"]): DataType => (data instanceof Int32Array ? "i32" : "f32");
  const inputs = entries.map(
    ([name, { data, shape }]) => [name, graph.input(name, typeOf(data), shape)] as const,
  );
  const outputs = build(Object.fromEntries(inputs), graph);
  const program = engineOf(device).program({ outputs });
  try {
    const arrays = entries.map(([name, { data, shape }]) => [name, data.subarray(0, elements(shape))]);
    const results = await program.run(Object.fromEntries(arrays) as NativeTensors, { signal });
    return results as Record<Name, Float32Array>;
  } finally {
    await program.dispose();
  }
}
