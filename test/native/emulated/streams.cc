// Streams that do nothing before somebody waits: what the host may not touch, or not yet rely on, it then
// finds unwritten or overwritten.
#include "streams.h"

#include <atomic>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "faults.h"
#include "waits.h"

namespace emulated {
namespace {

class Stream final : public Queue {
 public:
  void push(std::function<void()> work) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    work_.push_back(std::move(work));
  }
  void finish() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::function<void()>& each : std::exchange(work_, {})) each();
  }

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> work_;
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

std::atomic<uint64_t> waits_so_far{0};

}  // namespace

uint64_t waits() { return waits_so_far; }

void queue(cudaStream_t stream, std::function<void()> work) {
  static_cast<Queue*>(stream)->push(std::move(work));
}

void finish_all_streams() {
  waits_so_far++;
  const std::lock_guard<std::mutex> lock(streams().mutex);
  for (Stream* stream : streams().all) stream->finish();
}

}  // namespace emulated

using emulated::standing_fault;
using emulated::Stream;

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  emulated::queue(stream, [=] { std::memcpy(to, from, bytes); });
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* data, int value, size_t bytes, cudaStream_t stream) {
  if (standing_fault() != cudaSuccess) return standing_fault();
  emulated::queue(stream, [=] { std::memset(data, value, bytes); });
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
  Stream* gone = emulated::stream_of(stream);
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
  emulated::waits_so_far++;
  emulated::stream_of(stream)->finish();
  return cudaSuccess;
}
