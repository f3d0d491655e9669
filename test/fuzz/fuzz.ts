import assert from "node:assert/strict";
import fc from "fast-check";
import { CdlmError } from "../../lib/errors.js";

const fuzzRuns = Number(process.env.CDLM_FUZZ_RUNS ?? 100);
/** Milliseconds of processor time, however busy the machine is: far above any of these inputs. */
const longest = 20_000;

/** How many inputs a target gets: more where one costs microseconds, fewer where it costs a training. */
export const runsOf = (weight: number): number => Math.ceil(fuzzRuns * weight);

/**
 * A test of `runsOf(weight)` inputs: each leads to a result or to a CdlmError that blames what was given. What waits for
 * ever ends by the test's own limit.
 */
export function itSurvives<T>(
  what: string,
  inputs: fc.Arbitrary<T>,
  work: (input: T) => unknown,
  weight = 1,
): void {
  const runs = runsOf(weight);
  it(`${runs} ${what}`, async function () {
    this.timeout(60_000 + runs * 1000);
    await fc.assert(fc.asyncProperty(inputs, (input) => endsWell(() => work(input))), { numRuns: runs }); // prettier-ignore
  });
}

async function endsWell(work: () => unknown): Promise<void> {
  const begin = process.cpuUsage();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CdlmError)) throw error;
    assert.notEqual(error.code, "INTERNAL", error.message);
    assert.ok(error.message.length < 5000, "the message repeats the input");
  }
  const { user, system } = process.cpuUsage(begin); // µs
  assert.ok((user + system) / 1000 < longest, "it took too long");
}
