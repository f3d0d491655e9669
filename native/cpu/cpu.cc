#include "cpu/cpu.h"

namespace cdlm {

float* Cpu::worker_scratch(int worker, size_t floats) const {
  return scratch[static_cast<size_t>(worker)].reserve_floats(floats);
}

float* Cpu::shared_scratch(size_t floats) const { return shared.reserve_floats(floats); }

}  // namespace cdlm
