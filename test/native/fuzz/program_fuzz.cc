// libFuzzer's entry: see .ci/fuzz.
#include <cstddef>
#include <cstdint>

#include "program_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cdlm_test::run_program_of(data, size);
  return 0;
}
