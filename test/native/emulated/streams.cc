// Streams that do nothing before somebody waits: what the host may not touch, or not yet rely on, it then
// finds unwritten or overwritten. And graphs, which are captured from them.
#include "streams.h"

#include <atomic>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "counts.h"
#include "faults.h"

namespace emulated {

struct Node {
  Work kind;
  std::function<void()> work;
};
struct Graph {
  std::vector<Node> nodes;
};

namespace {

class Stream final : public Queue {
 public:
  void push(Work kind, std::function<void()> work) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    (captured_ ? captured_->nodes : queued_).push_back({kind, std::move(work)});
  }
  void push(const Graph& graph) {
    for (const Node& node : graph.nodes) push(node.kind, node.work);
  }
  void finish() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Node& node : std::exchange(queued_, {})) node.work();
  }

  bool captures() const { return captured_ != nullptr; }
  void begin_capture() { captured_ = new Graph(); }
  Graph* end_capture() { return std::exchange(captured_, nullptr); }

 private:
  std::mutex mutex_;
  std::vector<Node> queued_;
  Graph* captured_ = nullptr;
};

struct Streams {
  std::mutex mutex;
  std::set<Stream*> all;
};
Streams& streams() {
  static auto* all = new Streams();  // never destroyed: engines may outlive static objects
  return *all;
}

Stream* stream_of(cudaStream_t stream) { return static_cast<Stream*>(static_cast<Queue*>(stream)); }

std::atomic<uint64_t> waits_so_far{0}, instantiated{0}, updated{0};

}  // namespace

uint64_t waits() { return waits_so_far; }
uint64_t instantiated_graphs() { return instantiated; }
uint64_t updated_graphs() { return updated; }

void queue(cudaStream_t stream, Work kind, std::function<void()> work) {
  static_cast<Queue*>(stream)->push(kind, std::move(work));
}

void finish_all_streams() {
  waits_so_far++;
  const std::lock_guard<std::mutex> lock(streams().mutex);
  for (Stream* stream : streams().all) stream->finish();
}

}  // namespace emulated

using emulated::Graph;
using emulated::standing_fault;
using emulated::Stream;
using emulated::stream_of;
using emulated::Work;

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  emulated::queue(stream, Work::copy, [=] { std::memcpy(to, from, bytes); });
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* data, int value, size_t bytes, cudaStream_t stream) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  emulated::queue(stream, Work::clear, [=] { std::memset(data, value, bytes); });
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  auto* created = new Stream();
  const std::lock_guard<std::mutex> lock(emulated::streams().mutex);
  emulated::streams().all.insert(created);
  *stream = static_cast<emulated::Queue*>(created);
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  Stream* gone = stream_of(stream);
  {
    const std::lock_guard<std::mutex> lock(emulated::streams().mutex);
    emulated::streams().all.erase(gone);
  }
  gone->finish();
  delete gone;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  if (stream_of(stream)->captures()) return cudaErrorStreamCaptureUnsupported;
  emulated::waits_so_far++;
  stream_of(stream)->finish();
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  if (stream_of(stream)->captures()) return cudaErrorStreamCaptureUnsupported;
  stream_of(stream)->begin_capture();
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = stream_of(stream)->end_capture();
  return standing_fault();
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* made, cudaGraph_t graph, unsigned long long) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  emulated::instantiated++;
  *made = new Graph(*graph);
  return cudaSuccess;
}

// The same nodes in the same order, or none of it.
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t made, cudaGraph_t graph, cudaGraphExecUpdateResultInfo*) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  if (made->nodes.size() != graph->nodes.size()) return cudaErrorGraphExecUpdateFailure;
  for (size_t k = 0; k < graph->nodes.size(); k++)
    if (made->nodes[k].kind != graph->nodes[k].kind) return cudaErrorGraphExecUpdateFailure;
  emulated::updated++;
  *made = *graph;
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t made, cudaStream_t stream) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  stream_of(stream)->push(*made);
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t made) {
  delete made;
  return cudaSuccess;
}
