#include "cpu/gemm_pack.h"
#include "cpu/random_vec.h"
#include "cpu/vec_math.h"
#include "vec_kernels.h"

namespace cdlm {
namespace CDLM_LEVEL {

void apply(Function f, const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i += W) {
    const int count = static_cast<int>(n - i < W ? n - i : W);
    const Vec a = count == W ? load(x + i) : load_partial(x + i, count);
    Vec r = zero();
    switch (f) {
      case Function::exp:
        r = exp(a);
        break;
      case Function::gelu:
        r = gelu(a);
        break;
      case Function::gelu_derivative:
        r = gelu_derivative(a);
        break;
      case Function::tanh:
        r = tanh(a);
        break;
      case Function::square_root:
        r = square_root(a);
        break;
      case Function::absolute:
        r = absolute(a);
        break;
      case Function::minus:
        r = negate(a);
        break;
    }
    if (count == W) {
      store(y + i, r);
    } else {
      store_partial(y + i, r, count);
    }
  }
}

void sum_and_largest(const float* x, float* result) {
  result[0] = sum(load(x));
  result[1] = largest(load(x));
}

void random_values(uint32_t key0, uint32_t key1, uint32_t stream, uint32_t row, uint32_t column0, int64_t n,
                   uint32_t* out) {
  random_row(key0, key1, stream, row, column0, n, out);
}

void keep_at_least(const uint32_t* random, uint32_t threshold, const float* x, float* y, int n) {
  for (int i = 0; i + W <= n; i += W) {
    store(y + i, select(at_least(load_ints(random + i), broadcast_ints(threshold)), load(x + i), zero()));
  }
}

void any_less(const float* x, float limit, bool* result, int n) {
  for (int i = 0; i + W <= n; i += W) result[i / W] = any(less(load(x + i), broadcast(limit)));
}

void lanes(int* width) { *width = W; }

void pack_uneven(const float* rows, int64_t depth, float* panel, int* width) {
  constexpr int kWidth = W + W / 2;
  *width = kWidth;
  if (panel == nullptr) return;
  const PackedLayout layout{PackedType::f32, kWidth, kWidth, depth};
  pack<Floats, kWidth>({rows, depth, 1}, layout, 0, 1, panel);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
