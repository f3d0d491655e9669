// The inputs of a run where kernels can read them: on the CPU where they are, on a device in one block that
// is copied at once.
#pragma once

#include <vector>

#include "core/aligned_buffer.h"
#include "cpu/device.h"
#include "runtime/program.h"

namespace cdlm {

class InputCopies {
 public:
  explicit InputCopies(Memory& memory) : staging_(memory.staging()), device_(memory) {}

  // Queues the copies: what was queued for an earlier run must be done.
  void take(const Device& device, const std::vector<HostTensor>& inputs);

  // The input of this name; `data` is where kernels read it, `host` where the host does. Throws Error
  // SHAPE_MISMATCH if it is missing.
  struct Input {
    const HostTensor* host;
    void* data;
  };
  Input find(const std::string& name) const;

 private:
  std::vector<Input> inputs_;
  AlignedBuffer staging_, device_;
};

}  // namespace cdlm
