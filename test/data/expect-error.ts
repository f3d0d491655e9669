import assert from "node:assert/strict";
import { CdlmError, type ErrorCode, type ErrorDetails } from "../../lib/errors.js";

/** For `assert.throws` and `assert.rejects`: a CdlmError of this code that carries these details. */
export function isCdlmError(code: ErrorCode, details: ErrorDetails = {}): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof CdlmError, `not a CdlmError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    for (const [name, value] of Object.entries(details)) {
      assert.deepEqual(error[name as keyof CdlmError], value, `${name} of: ${error.message}`);
    }
    return true;
  };
}
