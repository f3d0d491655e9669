// What a program queues on a CUDA device in one run, started as one graph: the device then goes from kernel
// to kernel without the host. Free of CUDA's own headers, like cuda.h.
#pragma once

#include <functional>

#include "cuda/cuda.h"

namespace cdlm {

class CapturedRun {
 public:
  CapturedRun() = default;
  ~CapturedRun();
  CapturedRun(const CapturedRun&) = delete;
  CapturedRun& operator=(const CapturedRun&) = delete;

  // Calls queue(), and then starts all that it has queued on the device; nothing if it throws. queue() must
  // not wait for the device. With CDLM_CUDA_GRAPHS=off in the environment every kernel is started by itself.
  void run(Cuda& cuda, const std::function<void()>& queue);

 private:
  void* graph_ = nullptr;  // a cudaGraphExec_t: that of the last run
};

}  // namespace cdlm
