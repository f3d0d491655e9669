#include "cpu/device.h"

namespace cdlm {

Device::Device(Level level_, int threads, Precision precision, int index)
    : Device(level_, threads, choose_products(level_, precision)) {
  if (level != Level::cuda) return;
  cuda = std::make_unique<Cuda>(index);
  for (AlignedBuffer& each : scratch) each = AlignedBuffer(*cuda);
  shared = AlignedBuffer(*cuda);
}

Device::Device(Level level_, int threads, const GemmKernels& products_)
    : level(level_), products(products_), pool(threads), scratch(static_cast<size_t>(threads)) {}

float* Device::worker_scratch(int worker, size_t floats) const {
  return scratch[static_cast<size_t>(worker)].reserve_floats(floats);
}

float* Device::shared_scratch(size_t floats) const { return shared.reserve_floats(floats); }

}  // namespace cdlm
