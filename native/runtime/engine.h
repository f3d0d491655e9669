// One device with its thread, its parameters, its programs and the arena they share.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/job_thread.h"
#include "runtime/executor.h"

namespace cdlm {

enum class FileType : int { f32 = 0, f16 = 1, bf16 = 2 };

class Engine {
 public:
  // `index` is that of the CUDA device, at that level.
  Engine(Level level, int threads, Precision precision, int index)
      : device_(level, threads, precision, index), store_(device_.memory()), arena_(device_.memory()) {}

  Level level() const { return device_.level; }
  int threads() const { return device_.pool.threads(); }
  Precision precision() const;
  std::string products() const;  // the name of the kernels that compute matrix products

  // Jobs run one after another on the engine's thread; everything below is called from jobs only.
  bool submit(std::function<void()> job) { return thread_.submit(std::move(job)); }
  void stop() { thread_.stop(); }  // what is queued still runs

  void define(const std::string& name, const std::vector<int64_t>& shape) { store_.define(name, shape); }

  // Elements offset … offset + count of a slot, converted from `type`. Throws SHAPE_MISMATCH outside the
  // tensor.
  void write(const std::string& name, Slot slot, int64_t offset, FileType type, const void* data,
             int64_t count);
  // Tables are settled first. Slots that do not exist read as zeros.
  std::vector<float> read(const std::string& name, Slot slot, int64_t offset, int64_t count);
  // Copies a slot's row gradient into its dense form, so that it can be read: [shape].
  std::vector<float> dense_gradient(const std::string& name);

  int compile(ProgramSpec spec);
  void release(int program) { programs_.erase(program); }
  std::vector<HostTensor> run(int program, const std::vector<int64_t>& symbols,
                              const std::vector<HostTensor>& inputs, const std::function<bool()>& cancelled);

  void configure_optimizer(OptimizerOptions options, int64_t steps_done);
  double step(const std::vector<double>& learning_rates, double scale, double clip_norm);

  // Frees parameters, programs and the arena, which may take a while.
  void clear();

 private:
  void* reserve_arena(const Executor& executor);

  Device device_;  // first: the memory of everything else is its device's
  ParameterStore store_;
  std::map<int, std::unique_ptr<Executor>> programs_;
  int next_program_ = 1;
  AlignedBuffer arena_;
  std::unique_ptr<Optimizer> optimizer_;
  JobThread thread_;  // last: joined before what its jobs use is destroyed
};

}  // namespace cdlm
