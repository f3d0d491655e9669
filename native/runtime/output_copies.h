// The outputs of a run on their way to the host: from a device all at once, and waited for once.
#pragma once

#include <vector>

#include "core/aligned_buffer.h"
#include "cpu/device.h"
#include "runtime/program.h"

namespace cdlm {

class OutputCopies {
 public:
  explicit OutputCopies(Memory& memory) : staging_(memory.staging()) {}

  // Waits for all that was queued on the device, outputs or not. tensors: of all buffers of the program.
  std::vector<HostTensor> take(const Device& device, const std::vector<OutputSpec>& outputs,
                               const std::vector<Tensor>& tensors);

 private:
  void copy_at_once(const Memory& memory, const std::vector<const void*>& sources,
                    std::vector<HostTensor>& results);

  AlignedBuffer staging_;
};

}  // namespace cdlm
