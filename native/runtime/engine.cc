#include "runtime/engine.h"

#include <algorithm>

#include "core/error.h"
#include "core/float_formats.h"
#include "cpu/gemm_kernels.h"
#include "cuda/cublas.h"

namespace cdlm {
namespace {

void check_range(const Parameter& parameter, int64_t offset, int64_t count) {
  if (offset < 0 || count < 0 || offset > parameter.elements - count)
    throw Error("SHAPE_MISMATCH", "a range leaves the tensor " + parameter.name,
                std::to_string(parameter.elements) + " elements",
                std::to_string(count) + " from " + std::to_string(offset));
}

// Converts a part at a time.
void write_halves(Memory& memory, float* target, FileType type, const uint16_t* halves, int64_t count) {
  constexpr int64_t kPart = 65536;
  std::vector<float> part(static_cast<size_t>(std::min(kPart, count)));
  for (int64_t begin = 0; begin < count; begin += kPart) {
    const int64_t n = std::min(kPart, count - begin);
    for (int64_t i = 0; i < n; i++)
      part[static_cast<size_t>(i)] =
          type == FileType::bf16 ? from_bfloat16(halves[begin + i]) : from_float16(halves[begin + i]);
    memory.upload(target + begin, part.data(), static_cast<size_t>(n) * sizeof(float));
  }
}

}  // namespace

Precision Engine::precision() const { return device_.products.precision; }

std::string Engine::products() const {
  const Cublas* library = device_.cuda ? device_.cuda->cublas() : nullptr;
  return library ? device_.products.name + (", " + library->name()) : device_.products.name;
}

void Engine::write(const std::string& name, Slot slot, int64_t offset, FileType type, const void* data,
                   int64_t count) {
  Parameter& parameter = store_.get(name);
  check_range(parameter, offset, count);
  if (optimizer_) {
    optimizer_->settle_all(device_, parameter);
    optimizer_->forget_norm();
  }
  ParameterStore::allocate(parameter, slot);
  if (slot == Slot::gradient && parameter.by_rows) {  // it is whole from now on
    const std::vector<float> dense = dense_gradient(name);
    device_.memory().upload(parameter.data(slot), dense.data(), dense.size() * sizeof(float));
    parameter.by_rows = false;
  }
  float* target = parameter.data(slot) + offset;
  if (type == FileType::f32)
    device_.memory().upload(target, data, static_cast<size_t>(count) * sizeof(float));
  else
    write_halves(device_.memory(), target, type, static_cast<const uint16_t*>(data), count);
}

std::vector<float> Engine::read(const std::string& name, Slot slot, int64_t offset, int64_t count) {
  Parameter& parameter = store_.get(name);
  check_range(parameter, offset, count);
  if (slot == Slot::gradient && parameter.by_rows) {
    const std::vector<float> dense = dense_gradient(name);
    return std::vector<float>(dense.begin() + offset, dense.begin() + offset + count);
  }
  if (optimizer_) optimizer_->settle_all(device_, parameter);
  std::vector<float> values(static_cast<size_t>(count), 0.0f);
  const float* data = parameter.data(slot);
  if (data != nullptr) device_.memory().download(values.data(), data + offset, values.size() * sizeof(float));
  return values;
}

std::vector<float> Engine::dense_gradient(const std::string& name) {
  const Parameter& parameter = store_.get(name);
  std::vector<float> dense(static_cast<size_t>(parameter.elements), 0.0f);
  const auto& rows = parameter.row_gradient.rows();
  const int64_t d = parameter.row_length();
  for (size_t k = 0; k < rows.size(); k++)
    std::copy_n(parameter.row_gradient.values() + static_cast<int64_t>(k) * d, d,
                dense.begin() + rows[k] * d);
  return dense;
}

int Engine::compile(ProgramSpec spec) {
  auto executor = std::make_unique<Executor>(std::move(spec), device_, store_);
  reserve_arena(*executor);
  programs_.emplace(next_program_, std::move(executor));
  return next_program_++;
}

// Asked for again at every run, because the arena is gone when growing it for another program has failed.
void* Engine::reserve_arena(const Executor& executor) {
  return arena_.reserve(static_cast<size_t>(std::max<int64_t>(executor.spec().arena_bytes, 64)));
}

std::vector<HostTensor> Engine::run(int program, const std::vector<int64_t>& symbols,
                                    const std::vector<HostTensor>& inputs,
                                    const std::function<bool()>& cancelled) {
  const auto found = programs_.find(program);
  if (found == programs_.end()) throw Error("INVALID_STATE", "the program was disposed");
  return found->second->run(device_, store_, optimizer_.get(), reserve_arena(*found->second), symbols, inputs,
                            cancelled);
}

void Engine::configure_optimizer(OptimizerOptions options, int64_t steps_done) {
  if (optimizer_) optimizer_->settle_all(device_);
  optimizer_ = std::make_unique<Optimizer>(store_, std::move(options), steps_done);
}

double Engine::step(const std::vector<double>& learning_rates, double scale, double clip_norm) {
  if (!optimizer_) throw Error("INVALID_STATE", "no optimizer is configured");
  return optimizer_->step(device_, learning_rates, scale, clip_norm);
}

void Engine::clear() {
  optimizer_.reset();
  programs_.clear();
  store_.clear();
  arena_ = AlignedBuffer(device_.memory());
}

}  // namespace cdlm
