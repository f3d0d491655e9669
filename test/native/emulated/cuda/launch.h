// Runs CUDA kernels on the host, to test their arithmetic and indexing where there is no device. Stands in
// for native/cuda/launch.h: 32 threads are the lanes of a warp, and the warps of a launch run one after
// another. Knows what the kernels use (warp shuffles, no shared memory), and nothing else.
#pragma once

#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "core/error.h"
#include "cuda/cuda.h"

#define __global__
#define __device__

namespace cdlm {
namespace CDLM_CUDA {

struct dim3 {
  explicit dim3(unsigned x_, unsigned y_ = 1) : x(x_), y(y_) {}
  unsigned x, y;
};

constexpr int kWarp = 32;
static thread_local dim3 blockIdx(0), threadIdx(0);

class Warp {
 public:
  // Every lane brings v and takes that of lane ^ distance. Two sets of slots take turns: a lane that is early
  // for the next exchange must not overwrite what others still read.
  float exchange(float v, int distance) {
    const unsigned lane = threadIdx.x % kWarp;
    std::unique_lock<std::mutex> lock(mutex_);
    const unsigned long turn = turn_;
    slots_[turn % 2][lane] = v;
    if (++arrived_ == kWarp) {
      arrived_ = 0;
      ++turn_;
      everybody_.notify_all();
    } else {
      everybody_.wait(lock, [&] { return turn_ != turn; });
    }
    return slots_[turn % 2][lane ^ static_cast<unsigned>(distance)];
  }

 private:
  std::mutex mutex_;
  std::condition_variable everybody_;
  int arrived_ = 0;
  unsigned long turn_ = 0;
  float slots_[2][kWarp] = {};
};

static Warp warp;

inline float warp_sum(float v) {
  for (int distance = kWarp / 2; distance > 0; distance /= 2) v += warp.exchange(v, distance);
  return v;
}

template <typename... Parameters, typename... Arguments>
void launch(const Cuda&, const char*, void (*kernel)(Parameters...), dim3 grid, unsigned threads,
            Arguments... arguments) {
  std::vector<std::thread> lanes;
  for (unsigned lane = 0; lane < kWarp; lane++)
    lanes.emplace_back([=] {
      for (blockIdx.y = 0; blockIdx.y < grid.y; blockIdx.y++)
        for (blockIdx.x = 0; blockIdx.x < grid.x; blockIdx.x++)
          for (threadIdx.x = lane; threadIdx.x < threads; threadIdx.x += kWarp) kernel(arguments...);
    });
  for (std::thread& lane : lanes) lane.join();
}

}  // namespace CDLM_CUDA
}  // namespace cdlm
