#include "cuda/ranges.h"
#include "cuda/reduce.h"
#include "ops/lstm.h"

namespace cdlm {
namespace cuda {
namespace {

__device__ float logistic(float x) { return 1.0f / (1.0f + expf(-x)); }

// What the word and the state before it (null: none) say to the gates, by a block; sums: [4 · width].
__device__ void gate_sums(const Lstm& net, int64_t word, const float* before, float* sums) {
  const int64_t gates = 4 * net.width;
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  __syncthreads();  // sums have been read, the state before is there
  for (int64_t gate = threadIdx.x / kWarp; gate < gates; gate += kWarps) {
    float total = 0;
    for (int64_t k = lane; k < net.width && before != nullptr; k += kWarp)
      total = fmaf(net.recurrent[gate * net.width + k], before[k], total);
    total = warp_sum(total);
    if (lane == 0) sums[gate] = net.gates[word * gates + gate] + total;
  }
  __syncthreads();
}

struct Gates {
  float input, forget, cell, output;
};

__device__ Gates gates_at(const float* sums, int64_t width, int64_t j) {
  return {logistic(sums[j]), logistic(sums[width + j]), tanhf(sums[2 * width + j]),
          logistic(sums[3 * width + j])};
}

__device__ void clear_gap(const Lstm& net, float* x, int64_t i, int64_t row_length) {
  if (range_of(net.ranges, net.sentences, i / row_length) < 0) x[i] = 0;
}

// One word of the backward pass: d [4 · width] of its gates; carried: gradients of state and cell from the
// word after it, [2, width], in shared memory.
__device__ void gradient_of_word(const Lstm& net, int64_t word, bool starts, const float* cells,
                                 const float* d_states, const float* sums, float* d, float* carried) {
  const int64_t width = net.width;
  for (int64_t j = threadIdx.x; j < width; j += kThreads) {
    const Gates gate = gates_at(sums, width, j);
    const int64_t at = word * width + j;
    const float level = tanhf(cells[at]), d_state = d_states[at] + carried[j];
    const float d_cell = fmaf(d_state * gate.output, 1.0f - level * level, carried[width + j]);
    const float cell_before = starts ? 0.0f : cells[at - width];
    d[j] = d_cell * gate.cell * gate.input * (1.0f - gate.input);
    d[width + j] = d_cell * cell_before * gate.forget * (1.0f - gate.forget);
    d[2 * width + j] = d_cell * gate.input * (1.0f - gate.cell * gate.cell);
    d[3 * width + j] = d_state * level * gate.output * (1.0f - gate.output);
    carried[width + j] = d_cell * gate.forget;
  }
  __syncthreads();
  for (int64_t j = threadIdx.x; j < width; j += kThreads) {
    float total = 0;
    for (int64_t gate = 0; gate < 4 * width; gate++)
      total = fmaf(d[gate], net.recurrent[gate * width + j], total);
    carried[j] = total;
  }
}

}  // namespace

void lstm(const Cuda& cuda, const Lstm& given, float* states, float* cells) {
  const Lstm net = given;
  const int64_t width = net.width;
  each_element(cuda, "lstm", net.words * width, [=] __device__(int64_t i) {
    clear_gap(net, states, i, width);
    clear_gap(net, cells, i, width);
  });
  each_block(cuda, "lstm", net.sentences, static_cast<size_t>(2 * width),
             [=] __device__(int64_t s, double* shared) {
               auto* sums = reinterpret_cast<float*>(shared);
               const int64_t first = net.ranges[2 * s], end = first + net.ranges[2 * s + 1];
               for (int64_t word = first; word < end; word++) {
                 float *h = states + word * width, *c = cells + word * width;
                 gate_sums(net, word, word == first ? nullptr : h - width, sums);
                 for (int64_t j = threadIdx.x; j < width; j += kThreads) {
                   const Gates gate = gates_at(sums, width, j);
                   const float kept = word == first ? 0.0f : gate.forget * (c - width)[j];
                   c[j] = fmaf(gate.input, gate.cell, kept);
                   h[j] = gate.output * tanhf(c[j]);
                 }
               }
             });
}

void lstm_gradient(const Cuda& cuda, const Lstm& given, const float* states, const float* cells,
                   const float* d_states, float* d_gates, float* before) {
  const Lstm net = given;
  const int64_t width = net.width, gates = 4 * width;
  each_element(cuda, "lstmGradient", net.words * gates,
               [=] __device__(int64_t i) { clear_gap(net, d_gates, i, gates); });
  each_element(cuda, "lstmGradient", net.words * width, [=] __device__(int64_t i) {
    const int64_t s = range_of(net.ranges, net.sentences, i / width);
    before[i] = s < 0 || net.ranges[2 * s] == i / width ? 0.0f : states[i - width];
  });
  each_block(cuda, "lstmGradient", net.sentences, static_cast<size_t>(3 * width),
             [=] __device__(int64_t s, double* shared) {
               auto* sums = reinterpret_cast<float*>(shared);
               float* carried = sums + gates;
               for (int64_t j = threadIdx.x; j < 2 * width; j += kThreads) carried[j] = 0;
               const int64_t first = net.ranges[2 * s];
               for (int64_t word = first + net.ranges[2 * s + 1] - 1; word >= first; word--) {
                 const bool starts = word == first;
                 gate_sums(net, word, starts ? nullptr : states + (word - 1) * width, sums);
                 gradient_of_word(net, word, starts, cells, d_states, sums, d_gates + word * gates, carried);
               }
             });
}

}  // namespace cuda
}  // namespace cdlm
