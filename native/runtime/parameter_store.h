// Parameters and states by name: their values, gradients and optimiser moments.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/aligned_buffer.h"
#include "cpu/device.h"
#include "runtime/row_gradient.h"

namespace cdlm {

// The tensors kept of one parameter. `moment1` and `moment2` exist once an optimiser needs them.
enum class Slot : int { value = 0, gradient = 1, moment1 = 2, moment2 = 3 };

struct Parameter {
  explicit Parameter(Memory& memory) : value(memory), gradient(memory), moment1(memory), moment2(memory) {}

  std::string name;
  std::vector<int64_t> shape;
  int64_t elements = 0;

  AlignedBuffer value, gradient, moment1, moment2;

  // A table whose gradient came by rows. `row_steps[r]` counts the optimiser steps that row r has seen; it
  // lags behind until the row is read (see Optimizer::settle). Empty for parameters that are always updated
  // whole.
  bool by_rows = false;
  RowGradient row_gradient;
  std::vector<int32_t> row_steps;
  int group = 0;  // of the optimiser

  int64_t row_length() const { return shape.empty() || shape[0] == 0 ? elements : elements / shape[0]; }
  float* data(Slot slot) const;
};

class ParameterStore {
 public:
  explicit ParameterStore(Memory& memory) : memory_(memory) {}

  Memory& memory() const { return memory_; }

  // A new tensor of zeros. Throws Error INVALID_STATE if the name is taken by one of another shape.
  void define(const std::string& name, const std::vector<int64_t>& shape);
  // Throws Error INTERNAL for an unknown name.
  Parameter& get(const std::string& name);

  // Allocates a slot (zeros) if it is not there.
  static void allocate(Parameter& parameter, Slot slot);

  std::map<std::string, Parameter>& all() { return parameters_; }
  void clear() { parameters_.clear(); }

 private:
  Memory& memory_;
  std::map<std::string, Parameter> parameters_;
};

}  // namespace cdlm
