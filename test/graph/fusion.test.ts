import assert from "node:assert/strict";
import { fuse } from "../../lib/graph/fuse.js";
import { gradients } from "../../lib/graph/gradient.js";
import { noise } from "../../lib/graph/nd-array.js";
import { add } from "../../lib/graph/ops/add.js";
import { addBias } from "../../lib/graph/ops/add-bias.js";
import { dropoutOp } from "../../lib/graph/ops/dropout.js";
import { gelu } from "../../lib/graph/ops/gelu.js";
import { layerNorm } from "../../lib/graph/ops/layer-norm.js";
import { matmul } from "../../lib/graph/ops/matmul.js";
import { multiply } from "../../lib/graph/ops/multiply.js";
import { sum } from "../../lib/graph/ops/sum.js";
import { plan } from "../../lib/graph/plan.js";
import type { Roots } from "../../lib/graph/roots.js";
import { Graph, type Tensor } from "../../lib/graph/tensor.js";
import { assertEqualToReference } from "../support/engines.js";

const rows = 37;

/** A graph over x [rows, inner], and what its ops may need. */
class Fixture {
  readonly graph = new Graph();
  readonly x: Tensor;
  readonly key = this.graph.input("key", "i32", [2]);

  constructor(readonly inner = 16) {
    this.x = this.graph.input("x", "f32", ["rows", inner]);
  }

  weight = (name: string, width = this.inner, inner = this.inner) =>
    this.graph.parameter(name, [inner, width]);
  vector = (name: string, width = this.inner) => this.graph.parameter(name, [width]);
  dropout = (x: Tensor, rate: number) => this.graph.apply(dropoutOp, [x, this.key], { rate, stream: 1 })[0]!;
  norm = (x: Tensor) => layerNorm(x, this.vector("gamma"), this.vector("beta"), 1e-3);

  /** Outputs, and the gradients of all parameters of a loss that weighs every entry differently. */
  roots(y: Tensor, others: Record<string, Tensor> = {}): Roots {
    const loss = sum(multiply(y, this.graph.input("weights", "f32", y.shape)));
    const parameters = this.graph.nodes.filter(({ leaf }) => leaf?.kind === "parameter");
    const tensors = parameters.map(({ outputs }) => outputs[0]!);
    const found = gradients(loss, tensors).map((g, k) => [parameters[k]!.leaf!.name, g!] as const);
    return { outputs: { loss, y, ...others }, gradients: new Map(found) };
  }

  inputs(width = this.inner) {
    return {
      x: Float32Array.from(noise([rows, this.inner], 1).data),
      weights: Float32Array.from(noise([rows, width], 2).data),
      key: Int32Array.of(3, 4),
    };
  }
}

const opsOf = (roots: Roots): string[] => plan(fuse(roots), { rows }).instructions.map(({ op }) => op);

const cases: { name: string; fused: string[]; absent?: string[]; build: (f: Fixture) => Roots }[] = [
  {
    name: "product, bias and gelu",
    fused: ["linearGelu"],
    build: (f) => f.roots(gelu(addBias(matmul(f.x, f.weight("w")), f.vector("b")))),
  },
  {
    name: "the value before gelu is an output too",
    fused: ["linearGelu"],
    build: (f) => {
      const z = addBias(matmul(f.x, f.weight("w")), f.vector("b"));
      return f.roots(gelu(z), { z });
    },
  },
  {
    name: "gelu over gelu: the gradient of a product goes through a gelu",
    fused: ["linearGelu", "matmulGeluGradient"],
    build: (f) => {
      const h = gelu(addBias(matmul(f.x, f.weight("w")), f.vector("b")));
      return f.roots(addBias(matmul(h, f.weight("other")), f.vector("c2")));
    },
  },
  {
    name: "a product that is read twice is not fused, for it would be computed twice",
    fused: ["matmul"],
    absent: ["linear"],
    build: (f) => {
      const product = matmul(f.x, f.weight("w"));
      return f.roots(multiply(addBias(product, f.vector("b")), product));
    },
  },
  {
    name: "dropout, residual and norm, whose sum is read twice",
    fused: ["residualNorm"],
    build: (f) => {
      const sumOfBoth = add(f.dropout(matmul(f.x, f.weight("w")), 0.25), f.x);
      return f.roots(f.norm(sumOfBoth), { sumOfBoth });
    },
  },
  {
    name: "a residual that is the dropped value itself",
    fused: ["residualNorm"],
    build: (f) => {
      const h = matmul(f.x, f.weight("w"));
      return f.roots(f.norm(add(f.dropout(h, 0.25), h)));
    },
  },
  {
    name: "dropout at rate 0",
    fused: ["linear"],
    build: (f) => {
      const h = addBias(matmul(f.x, f.weight("w")), f.vector("b"));
      return f.roots(add(f.dropout(h, 0), multiply(h, h)));
    },
  },
  {
    name: "two products into one sum",
    fused: ["matmulAdd", "matmul"],
    build: (f) => f.roots(add(matmul(f.x, f.weight("w")), matmul(f.x, f.weight("other")))),
  },
  {
    name: "x + x W, where the sum may not take x's memory",
    fused: ["matmulAdd"],
    build: (f) => {
      const h = gelu(f.x);
      return { outputs: { y: add(h, matmul(h, f.weight("w"))) } };
    },
  },
];

describe("fusion", () => {
  for (const { name, fused, absent = [], build } of cases)
    it(`${name}: ${fused.join(", ")}`, async () => {
      const fixture = new Fixture();
      const roots = build(fixture);
      const ops = opsOf(roots);
      for (const op of fused) assert.ok(ops.includes(op), `${op} is not among ${ops.join(", ")}`);
      for (const op of absent) assert.ok(!ops.includes(op), `${op} is among ${ops.join(", ")}`);
      await assertEqualToReference(roots, [fixture.inputs()]);
    });

  it("drops what it replaced: no op is computed twice", () => {
    const f = new Fixture();
    const ops = opsOf({ outputs: { y: gelu(addBias(matmul(f.x, f.weight("w")), f.vector("b"))) } });
    assert.deepEqual(ops, ["linearGelu"]);
  });

  it("keeps of a layer of gelu and norm two tensors for the backward pass, and computes the others again", async () => {
    const layers = (count: number) => {
      const f = new Fixture();
      let h = f.x;
      for (let layer = 0; layer < count; layer++) {
        const wide = gelu(addBias(matmul(h, f.weight(`w${layer}`)), f.vector(`b${layer}`)));
        h = f.norm(add(f.dropout(matmul(wide, f.weight(`v${layer}`)), 0.25), f.x));
      }
      return { roots: f.roots(h), inputs: f.inputs() };
    };
    const bytes = (count: number) => plan(fuse(layers(count).roots), { rows: 16 }).arenaBytes;
    const [tensor, statistics] = [16 * 16 * 4, 16 * 2 * 4];
    assert.equal(bytes(9) - bytes(8), 2 * tensor + statistics);
    const { roots, inputs } = layers(2);
    await assertEqualToReference(roots, [inputs], 2e-5);
  });

  it("products of long rows work in place of the value that they are joined with", async () => {
    const f = new Fixture(8);
    const wide = gelu(addBias(matmul(f.x, f.weight("up", 24)), f.vector("b", 24)));
    const long = addBias(matmul(wide, f.weight("longer", 1999, 24)), f.vector("c", 1999));
    const roots = f.roots(add(matmul(long, f.weight("down", 8, 1999)), gelu(f.x)));
    assert.ok(opsOf(roots).includes("matmulGeluGradient") && opsOf(roots).includes("matmulAdd"));
    await assertEqualToReference(roots, [f.inputs()], 2e-5);
  });
});
