// Multiply-adds on registers only: what a level can do at most on this machine.
#pragma once

#include <cstdint>

#include "cpu/level.h"

namespace cdlm {

// Does `steps` steps and adds the floating-point operations done to *operations; *sink keeps the compiler
// honest.
CDLM_KERNEL(void multiply_add_registers(int64_t steps, double* operations, float* sink));

}  // namespace cdlm
