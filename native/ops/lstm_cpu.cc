#include <cstring>

#include "cpu/vec_math.h"
#include "ops/loops.h"
#include "ops/lstm.h"
#include "ops/small_product.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

CDLM_INLINE Vec logistic(Vec x) {
  const Vec one = broadcast(1.0f);
  return one / (one + exp(negate(x)));
}

// One of the four gates of a vector of columns.
struct Gates {
  Vec input, forget, cell, output;
};

template <typename Lanes>
CDLM_INLINE Gates gates_at(const float* sums, int64_t width, int64_t j, Lanes lanes) {
  return {logistic(load(sums + j, lanes)), logistic(load(sums + width + j, lanes)),
          tanh(load(sums + 2 * width + j, lanes)), logistic(load(sums + 3 * width + j, lanes))};
}

// What the word and the state before it (null: none) say to the gates; sums: [4 · width].
void gate_sums(const Lstm& net, int64_t word, const float* before, float* sums) {
  const int64_t gates = 4 * net.width;
  std::memcpy(sums, net.gates + word * gates, static_cast<size_t>(gates) * sizeof(float));
  if (before) small_dots(1, gates, net.width, before, net.recurrent, sums, true);
}

// Calls f(first word, words, scratch) for all sentences in parallel; scratch holds `floats`.
template <typename F>
void each_sentence(const Device& device, const Lstm& net, int64_t floats, const F& f) {
  const auto size = static_cast<size_t>(floats);
  reserve_scratch(device, size);
  const int64_t work = larger(1, net.longest * 4 * net.width * net.width);
  const int64_t group = larger(1, 4 * kTaskElements / work);
  for_blocks(device, net.sentences, group, [&](int64_t begin, int64_t end, int worker) {
    float* scratch = device.worker_scratch(worker, size);
    for (int64_t s = begin; s < end; s++) f(net.ranges[2 * s], net.ranges[2 * s + 1], scratch);
  });
}

void clear(float* x, int64_t elements) { std::memset(x, 0, static_cast<size_t>(elements) * sizeof(float)); }

}  // namespace

void lstm(const Device& device, const Lstm& net, float* states, float* cells) {
  const int64_t width = net.width;
  clear(states, net.words * width);
  clear(cells, net.words * width);
  each_sentence(device, net, 4 * width, [&](int64_t first, int64_t words, float* sums) {
    for (int64_t word = first; word < first + words; word++) {
      const bool starts = word == first;
      float *h = states + word * width, *c = cells + word * width;
      gate_sums(net, word, starts ? nullptr : h - width, sums);
      each_column(width, [&](int64_t j, auto lanes) {
        const Gates gate = gates_at(sums, width, j, lanes);
        const Vec kept = starts ? zero() : gate.forget * load(c - width + j, lanes);
        const Vec cell = fma(gate.input, gate.cell, kept);
        store(c + j, cell, lanes);
        store(h + j, gate.output * tanh(cell), lanes);
      });
    }
  });
}

void lstm_gradient(const Device& device, const Lstm& net, const float* states, const float* cells,
                   const float* d_states, float* d_gates, float* before) {
  const int64_t width = net.width, gates = 4 * width;
  clear(d_gates, net.words * gates);
  clear(before, net.words * width);
  each_sentence(device, net, 6 * width, [&](int64_t first, int64_t words, float* scratch) {
    float *sums = scratch, *carried_state = sums + gates, *carried_cell = carried_state + width;
    clear(carried_state, 2 * width);
    const Vec one = broadcast(1.0f);
    for (int64_t word = first + words - 1; word >= first; word--) {
      const bool starts = word == first;
      const float* last = starts ? nullptr : states + (word - 1) * width;
      if (last) std::memcpy(before + word * width, last, static_cast<size_t>(width) * sizeof(float));
      gate_sums(net, word, last, sums);
      float* d = d_gates + word * gates;
      each_column(width, [&](int64_t j, auto lanes) {
        const Gates gate = gates_at(sums, width, j, lanes);
        const int64_t at = word * width + j;
        const Vec level = tanh(load(cells + at, lanes));
        const Vec d_state = load(d_states + at, lanes) + load(carried_state + j, lanes);
        const Vec d_cell = fma(d_state * gate.output, one - level * level, load(carried_cell + j, lanes));
        const Vec cell_before = starts ? zero() : load(cells + at - width, lanes);
        store(d + j, d_cell * gate.cell * gate.input * (one - gate.input), lanes);
        store(d + width + j, d_cell * cell_before * gate.forget * (one - gate.forget), lanes);
        store(d + 2 * width + j, d_cell * gate.input * (one - gate.cell * gate.cell), lanes);
        store(d + 3 * width + j, d_state * level * gate.output * (one - gate.output), lanes);
        store(carried_cell + j, d_cell * gate.forget, lanes);
      });
      small_product(1, width, gates, {d, gates, 1}, net.recurrent, width, carried_state, width);
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
