#include "cpu/vec_math.h"
#include "ops/columns.h"
#include "ops/gelu.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

void gelu(const Device& device, const float* x, float* y, int64_t n) {
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) {
      store(y + begin + j, gelu(load(x + begin + j, lanes)), lanes);
    });
  });
}

void gelu_gradient(const Device& device, const float* x, const float* dy, float* dx, int64_t n) {
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) {
      const int64_t i = begin + j;
      store(dx + i, load(dy + i, lanes) * gelu_derivative(load(x + i, lanes)), lanes);
    });
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
