#include <utility>

#include "cpu/vec.h"
#include "peak.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

constexpr int kChains = 12;

template <int... I>
CDLM_INLINE void run(int64_t steps, float* sink, std::integer_sequence<int, I...>) {
  Vec chain[kChains];
  ((chain[I] = broadcast(float(I) + *sink)), ...);
  const Vec a = broadcast(0.999f + *sink), b = broadcast(1e-3f + *sink);
  for (int64_t i = 0; i < steps; ++i) ((chain[I] = fma(chain[I], a, b)), ...);
  Vec total = zero();
  ((total += chain[I]), ...);
  *sink = sum(total);
}

}  // namespace

void multiply_add_registers(int64_t steps, double* operations, float* sink) {
  run(steps, sink, std::make_integer_sequence<int, kChains>());
  *operations += 2.0 * kChains * W * double(steps);
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
