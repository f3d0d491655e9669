#include <cstdlib>
#include <string>

#include "cuda/captured_run.h"
#include "cuda/check.h"

namespace cdlm {
namespace {

bool is_switched_off() {
  const char* value = std::getenv("CDLM_CUDA_GRAPHS");
  return value != nullptr && std::string(value) == "off";
}

// While it lives, what is queued on the stream is recorded.
class Capture {
 public:
  explicit Capture(Cuda& cuda) : cuda_(cuda), stream_(static_cast<cudaStream_t>(cuda.stream())) {
    check_cuda(cudaSetDevice(cuda.index()), "capturing a run");
    // Relaxed, because scratch memory may grow meanwhile.
    check_cuda(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeRelaxed), "capturing a run");
    cuda_.keep_released(true);
  }
  // The memory that kernels of the capture have seen goes only after they were started: freeing it waits.
  ~Capture() {
    if (!ended_) cudaStreamEndCapture(stream_, &graph_);
    if (graph_ != nullptr) cudaGraphDestroy(graph_);
    cudaGetLastError();  // a capture that has failed is none of the next call's
    cuda_.keep_released(false);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // Of no further use once the capture is gone.
  cudaGraph_t end() {
    ended_ = true;
    check_cuda(cudaStreamEndCapture(stream_, &graph_), "capturing a run");
    return graph_;
  }

 private:
  Cuda& cuda_;
  cudaStream_t stream_;
  cudaGraph_t graph_ = nullptr;
  bool ended_ = false;
};

void destroy(void*& graph) noexcept {
  if (graph != nullptr) cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph));
  graph = nullptr;
}

// Lengths of sentences and keys of dropout are arguments of kernels, so every run is captured. What can be
// started is made anew only where the kernels are others or more: updating their arguments is cheaper.
void make_or_update(void*& graph, cudaGraph_t captured) {
  cudaGraphExecUpdateResultInfo info{};
  if (graph != nullptr &&
      cudaGraphExecUpdate(static_cast<cudaGraphExec_t>(graph), captured, &info) == cudaSuccess)
    return;
  cudaGetLastError();
  destroy(graph);
  cudaGraphExec_t made = nullptr;
  check_cuda(cudaGraphInstantiate(&made, captured, 0), "a run's graph");
  graph = made;
}

}  // namespace

CapturedRun::~CapturedRun() { destroy(graph_); }

void CapturedRun::run(Cuda& cuda, const std::function<void()>& queue) {
  static const bool off = is_switched_off();
  if (off) return queue();
  Capture capture(cuda);
  queue();
  make_or_update(graph_, capture.end());
  check_cuda(cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph_), static_cast<cudaStream_t>(cuda.stream())),
             "starting a run");
}

}  // namespace cdlm
