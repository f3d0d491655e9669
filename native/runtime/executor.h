// Runs a program: binds its buffers to memory for the counts of one run, then its instructions in order.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/aligned_buffer.h"
#include "cuda/captured_run.h"
#include "runtime/input_copies.h"
#include "runtime/optimizer.h"
#include "runtime/output_copies.h"
#include "runtime/parameter_store.h"
#include "runtime/program.h"

namespace cdlm {

class Executor {
 public:
  // Validates the program and allocates the gradients that it writes. Throws Error INTERNAL.
  Executor(ProgramSpec spec, const Device& device, ParameterStore& store);

  const ProgramSpec& spec() const { return spec_; }

  // `arena` holds at least spec().arena_bytes. `optimizer` may be null. Throws Error CANCELLED between two
  // instructions once `cancelled` is set; SHAPE_MISMATCH if inputs or symbols do not fit.
  std::vector<HostTensor> run(const Device& device, ParameterStore& store, Optimizer* optimizer, void* arena,
                              const std::vector<int64_t>& symbols, const std::vector<HostTensor>& inputs,
                              const std::function<bool()>& cancelled);

 private:
  Tensor bind(const BufferSpec& buffer, ParameterStore& store, void* arena,
              const std::vector<int64_t>& symbols) const;
  void run_instructions(const Device& device, ParameterStore& store, Optimizer* optimizer,
                        const std::vector<Tensor>& tensors, const std::function<bool()>& cancelled) const;
  void settle_inputs(const Device& device, ParameterStore& store, Optimizer& optimizer,
                     const InstructionSpec& instruction, const std::vector<Tensor>& tensors) const;
  void scatter_row_gradient(const Device& device, ParameterStore& store, const InstructionSpec& instruction,
                            const std::vector<Tensor>& tensors) const;

  ProgramSpec spec_;
  InputCopies inputs_;
  OutputCopies outputs_;
  CapturedRun captured_;  // on CUDA
  bool writes_gradients_ = false;
  std::vector<OpFunction> functions_;  // null for scatterRowGradient, which belongs to the runtime
};

}  // namespace cdlm
