#include "cpu/vec_math.h"
#include "ops/columns.h"
#include "ops/loops.h"
#include "ops/rows.h"

namespace cdlm {
namespace CDLM_LEVEL {

void concat_columns(const Device& device, const float* a, const float* b, float* y, int64_t rows,
                    int64_t left, int64_t right) {
  for_blocks(device, rows, task_rows(left + right), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      float* to = y + row * (left + right);
      std::memcpy(to, a + row * left, static_cast<size_t>(left) * sizeof(float));
      std::memcpy(to + left, b + row * right, static_cast<size_t>(right) * sizeof(float));
    }
  });
}

void split_columns(const Device& device, const float* y, float* a, float* b, int64_t rows, int64_t left,
                   int64_t right) {
  for_blocks(device, rows, task_rows(left + right), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const float* from = y + row * (left + right);
      std::memcpy(a + row * left, from, static_cast<size_t>(left) * sizeof(float));
      std::memcpy(b + row * right, from + left, static_cast<size_t>(right) * sizeof(float));
    }
  });
}

void scale_rows(const Device& device, const float* x, const float* s, float* y, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const Vec factor = broadcast(s[row]);
      each_column(d, [&](int64_t j, auto lanes) {
        store(y + row * d + j, load(x + row * d + j, lanes) * factor, lanes);
      });
    }
  });
}

void row_dots(const Device& device, const float* a, const float* b, float* y, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++)
      y[row] = sum_columns(d, [&](int64_t j, auto lanes) {
        return load(a + row * d + j, lanes) * load(b + row * d + j, lanes);
      });
  });
}

void sigmoid(const Device& device, const float* x, float* y, int64_t n) {
  const Vec one = broadcast(1.0f);
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) {
      store(y + begin + j, one / (one + exp(negate(load(x + begin + j, lanes)))), lanes);
    });
  });
}

void sigmoid_gradient(const Device& device, const float* y, const float* dy, float* dx, int64_t n) {
  const Vec one = broadcast(1.0f);
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) {
      const Vec value = load(y + begin + j, lanes);
      store(dx + begin + j, value * (one - value) * load(dy + begin + j, lanes), lanes);
    });
  });
}

void counterfactual_effect(const Device& device, const float* a, const float* b, const float* tau,
                           bool spared, float* y, int64_t rows, int64_t tags) {
  const Vec factor = broadcast(-*tau);
  for_blocks(device, rows, task_rows(tags), [&](int64_t begin, int64_t end, int) {
    for (int64_t at = begin * tags; at < end * tags; at += tags) {
      const float kept = a[at];
      each_column(tags, [&](int64_t j, auto lanes) {
        store(y + at + j, fma(factor, load(b + at + j, lanes), load(a + at + j, lanes)), lanes);
      });
      if (spared) y[at] = kept;
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
