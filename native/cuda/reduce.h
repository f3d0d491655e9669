// Sums and maxima over the lanes of a warp and the threads of a block, in orders that are always the same.
// For .cu files only.
#pragma once

#include "cuda/launch.h"

namespace cdlm {
namespace cuda {

constexpr unsigned kAllLanes = 0xffffffffu;

// Σ of v over the lanes of a warp, in every lane.
template <typename T>
__device__ inline T warp_sum(T v) {
  for (int distance = kWarp / 2; distance > 0; distance /= 2) v += __shfl_xor_sync(kAllLanes, v, distance);
  return v;
}

// The largest v of a warp, in every lane; NaN where a lane has it.
template <typename T>
__device__ inline T warp_max(T v) {
  for (int distance = kWarp / 2; distance > 0; distance /= 2) {
    const T other = __shfl_xor_sync(kAllLanes, v, distance);
    v = other > v || other != other ? other : v;
  }
  return v;
}

// Σ of v over the kThreads threads of a block, in every thread. memory: kWarps doubles of shared memory.
__device__ inline double block_sum(double v, double* memory) {
  v = warp_sum(v);
  __syncthreads();  // what the last sum left there has been read
  if (threadIdx.x % kWarp == 0) memory[threadIdx.x / kWarp] = v;
  __syncthreads();
  double total = 0;
  for (int warp = 0; warp < kWarps; warp++) total += memory[warp];
  return total;
}

// log Σ e^term(k) over k = 0 … n - 1, by one warp, in every lane; -∞ for nothing but -∞.
template <typename F>
__device__ inline double warp_log_sum(int64_t n, int lane, const F& term) {
  double top = -INFINITY, total = 0;
  for (int64_t k = lane; k < n; k += kWarp) {
    const double x = term(k);
    top = x > top || x != x ? x : top;
  }
  top = warp_max(top);
  if (top == -INFINITY) return top;
  for (int64_t k = lane; k < n; k += kWarp) total += exp(term(k) - top);
  return top + log(warp_sum(total));
}

}  // namespace cuda
}  // namespace cdlm
