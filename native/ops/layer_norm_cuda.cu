// Layer norm on CUDA. One warp works on one row; sums across rows go through partial sums of fixed blocks of
// rows, without atomics, so that results have the same bits in every run and for every capacity.
#include "cuda/launch.h"
#include "ops/layer_norm.h"

namespace cdlm {
namespace CDLM_CUDA {
namespace {

constexpr int kWarpsPerBlock = 8;
constexpr int kColumnThreads = 128;
constexpr int kPartialRows = 32;  // rows that share a partial sum of dγ and dβ

__device__ int64_t rows_of(RowCount rows) { return rows.actual ? *rows.actual : rows.capacity; }

// The row of this warp, and the lane in it.
__device__ int64_t warp_row() { return int64_t{blockIdx.x} * kWarpsPerBlock + threadIdx.x / kWarp; }
__device__ int warp_lane() { return static_cast<int>(threadIdx.x % kWarp); }

// x, y: [rows, d]; gamma, beta: [d]; statistics: [rows, 2]. y may be x. The variance is taken around the mean
// in a second pass: E[x²] - E[x]² would cancel.
__global__ void forward_kernel(const float* x, const float* gamma, const float* beta, float epsilon, float* y,
                               float* statistics, RowCount rows, int64_t d) {
  const int64_t row = warp_row();
  if (row >= rows_of(rows)) return;
  const int lane = warp_lane();
  const float* from = x + row * d;
  float sum = 0, squares = 0;
  for (int64_t j = lane; j < d; j += kWarp) sum += from[j];
  const float n = static_cast<float>(d), mean = warp_sum(sum) / n;
  for (int64_t j = lane; j < d; j += kWarp) {
    const float centred = from[j] - mean;
    squares = fmaf(centred, centred, squares);
  }
  const float inverse = 1.0f / sqrtf(warp_sum(squares) / n + epsilon);
  for (int64_t j = lane; j < d; j += kWarp)
    y[row * d + j] = fmaf((from[j] - mean) * inverse, gamma[j], beta[j]);
  if (lane == 0) {
    statistics[2 * row] = mean;
    statistics[2 * row + 1] = inverse;
  }
}

// dx, x, dy: [rows, d]; gamma: [d]; statistics: [rows, 2]. dx may be dy or x: a lane reads what it
// overwrites.
__global__ void dx_kernel(const float* x, const float* gamma, const float* statistics, const float* dy,
                          float* dx, RowCount rows, int64_t d) {
  const int64_t row = warp_row();
  if (row >= rows_of(rows)) return;
  const int lane = warp_lane();
  const float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
  float sum = 0, sum_hat = 0;  // of dy ∘ γ and dy ∘ γ ∘ x̂
  for (int64_t j = lane; j < d; j += kWarp) {
    const float hat = (x[row * d + j] - mean) * inverse, scaled = dy[row * d + j] * gamma[j];
    sum += scaled;
    sum_hat = fmaf(scaled, hat, sum_hat);
  }
  const float n = static_cast<float>(d), shift = warp_sum(sum) / n, shift_hat = warp_sum(sum_hat) / n;
  for (int64_t j = lane; j < d; j += kWarp) {
    const float hat = (x[row * d + j] - mean) * inverse, scaled = dy[row * d + j] * gamma[j];
    dx[row * d + j] = inverse * (scaled - shift - hat * shift_hat);
  }
}

// Block (b, c): the share of rows b · kPartialRows … in dγ and dβ, for the columns of block c; one thread per
// column. x, dy: [rows, d]; statistics: [rows, 2]; partials: [blocks of rows, 2, d].
__global__ void partials_kernel(const float* x, const float* statistics, const float* dy, float* partials,
                                RowCount rows, int64_t d) {
  const int64_t j = int64_t{blockIdx.y} * kColumnThreads + threadIdx.x, block = blockIdx.x;
  const int64_t begin = block * kPartialRows, all = rows_of(rows);
  if (j >= d || begin >= all) return;
  const int64_t end = begin + kPartialRows < all ? begin + kPartialRows : all;
  float sum_hat = 0, sum = 0;
  for (int64_t row = begin; row < end; row++) {
    const float hat = (x[row * d + j] - statistics[2 * row]) * statistics[2 * row + 1],
                slope = dy[row * d + j];
    sum_hat = fmaf(slope, hat, sum_hat);
    sum += slope;
  }
  partials[2 * block * d + j] = sum_hat;
  partials[(2 * block + 1) * d + j] = sum;
}

// partials: [blocks of rows, 2, d]; d_gamma, d_beta: [d]. One thread per column adds in the order of the
// blocks.
__global__ void add_partials_kernel(const float* partials, float* d_gamma, float* d_beta, RowCount rows,
                                    int64_t d) {
  const int64_t j = int64_t{blockIdx.x} * kColumnThreads + threadIdx.x;
  if (j >= d) return;
  const int64_t blocks = (rows_of(rows) + kPartialRows - 1) / kPartialRows;
  float sum_hat = 0, sum = 0;
  for (int64_t block = 0; block < blocks; block++) {
    sum_hat += partials[2 * block * d + j];
    sum += partials[(2 * block + 1) * d + j];
  }
  d_gamma[j] = sum_hat;
  d_beta[j] = sum;
}

int64_t blocks_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

// The limits of a grid: 2³¹ - 1 blocks along x, 65,535 along y.
void check_sizes(RowCount rows, int64_t d) {
  if (rows.capacity < 0 || d < 1 || rows.capacity > INT32_MAX || blocks_of(d, kColumnThreads) > 65535)
    throw Error("SHAPE_MISMATCH", "layerNorm: impossible size on CUDA",
                "rows below 2^31, columns from 1 to 8388480",
                std::to_string(rows.capacity) + " x " + std::to_string(d));
}

}  // namespace

size_t layer_norm_gradient_scratch(int64_t capacity, int64_t d) {
  return static_cast<size_t>(blocks_of(capacity, kPartialRows) * 2 * d);
}

void layer_norm(const Cuda& cuda, const float* x, const float* gamma, const float* beta, float epsilon,
                float* y, float* statistics, RowCount rows, int64_t d) {
  check_sizes(rows, d);
  if (rows.capacity == 0) return;
  const dim3 grid(static_cast<unsigned>(blocks_of(rows.capacity, kWarpsPerBlock)));
  launch(cuda, "layerNorm", forward_kernel, grid, kWarpsPerBlock * kWarp, x, gamma, beta, epsilon, y,
         statistics, rows, d);
}

void layer_norm_gradient(const Cuda& cuda, const float* x, const float* gamma, const float* statistics,
                         const float* dy, float* dx, float* d_gamma, float* d_beta, RowCount rows,
                         int64_t d) {
  check_sizes(rows, d);
  if (cuda.scratch_floats < layer_norm_gradient_scratch(rows.capacity, d))
    throw Error("INTERNAL", "layerNormGradient: not enough scratch on CUDA");
  const unsigned columns = static_cast<unsigned>(blocks_of(d, kColumnThreads));
  if (rows.capacity > 0) {
    // Before dx is written, which may be dy or x.
    const dim3 blocks(static_cast<unsigned>(blocks_of(rows.capacity, kPartialRows)), columns);
    launch(cuda, "layerNormGradient", partials_kernel, blocks, kColumnThreads, x, statistics, dy,
           cuda.scratch, rows, d);
    const dim3 grid(static_cast<unsigned>(blocks_of(rows.capacity, kWarpsPerBlock)));
    launch(cuda, "layerNormGradient", dx_kernel, grid, kWarpsPerBlock * kWarp, x, gamma, statistics, dy, dx,
           rows, d);
  }
  launch(cuda, "layerNormGradient", add_partials_kernel, dim3(columns), kColumnThreads, cuda.scratch, d_gamma,
         d_beta, rows, d);
}

}  // namespace CDLM_CUDA
}  // namespace cdlm
